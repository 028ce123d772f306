//! Stage `mail`: commits as the files of `git format-patch`.
//!
//! In: a [`Series`], its commits and who gets them. Out: one file a patch and a cover letter, ready for
//! `git send-email`, `b4` and `git am`, which makes the very trees of the commits of them. [`write_dir`]
//! puts them into a folder, all or none. [`read`] takes mails apart again.
//!
//! Bodies are sent as they are (8bit), whatever bytes the sources have; a diff with carriage returns or
//! overlong lines is quoted-printable, since mail readers and `git am` itself would change those.

mod date;
mod folder;
mod header;
pub mod read;
mod transfer;

pub use folder::{WriteError, check_dir, write_dir};

use std::fmt::Write as _;

use crate::diff::{FileDiff, StatEntry, diffstat};
use crate::series::maintainers::{IsFolder, Mailbox, Maintainers, Recipients, Role};
use crate::series::repo::{Commit, ObjectId, Person};
use crate::series::{Patch, Series, TOOL, fill};

/// Every patch to the kernel goes there.
const KERNEL_LIST: &str = "linux-kernel@vger.kernel.org";

/// Evidence and shortlog are wrapped here, as git does.
const WIDTH: usize = 72;

/// Whether the people of MAINTAINERS are written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Addressees {
    /// They are, and so is the kernel's list.
    #[default]
    FromMaintainers,
    /// With `--no-cc`: only those who are given.
    OnlyGiven,
}

/// What Message-IDs are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum MessageIds {
    /// The commit, so that no two runs have the same.
    #[default]
    Commit,
    /// The content alone, so that two runs have the same.
    Content,
}

/// How the user wants the mails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailOptions {
    /// `-v N`.
    pub version: Option<u32>,
    /// `PATCH` as a rule.
    pub subject_prefix: String,
    /// More people for `To:`.
    pub to: Vec<Mailbox>,
    /// More people for `Cc:`.
    pub cc: Vec<Mailbox>,
    /// Whether the people of MAINTAINERS are written to.
    pub addressees: Addressees,
    /// What Message-IDs are made of.
    pub message_ids: MessageIds,
    /// Who sends the mails, where that is not the author: the author is then named in the body.
    pub from: Option<Mailbox>,
    /// The Message-ID of the mail that the cover letter answers, with or without angle brackets.
    pub in_reply_to: Option<String>,
}

impl Default for MailOptions {
    fn default() -> MailOptions {
        MailOptions {
            version: None,
            subject_prefix: "PATCH".into(),
            to: Vec::new(),
            cc: Vec::new(),
            addressees: Addressees::default(),
            message_ids: MessageIds::default(),
            from: None,
            in_reply_to: None,
        }
    }
}

/// A series that was committed.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'s> {
    /// The patches and the cover letter.
    pub series: &'s Series,
    /// One for each patch.
    pub commits: &'s [Commit],
    /// The commit the whole campaign starts from.
    pub base: &'s ObjectId,
    /// The patch ids of what must be applied to the base first, in this order.
    pub prerequisites: &'s [ObjectId],
    /// Who sends it.
    pub author: &'s Person,
}

/// A file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailFile {
    /// `0001-block-add-….patch`.
    pub name: String,
    /// The whole mail.
    pub bytes: Vec<u8>,
}

/// What goes into one mail.
struct Mail<'m> {
    number: usize,
    /// For the `From ` line.
    commit: &'m ObjectId,
    subject: &'m str,
    /// All below the headers.
    body: Vec<u8>,
    message_id: String,
    /// What it answers, the nearest mail last.
    thread: Vec<&'m str>,
    to: Vec<Mailbox>,
    cc: Vec<Mailbox>,
}

/// Writes the mails of a series, the cover letter first.
pub fn render(
    outgoing: &Outgoing<'_>,
    maintainers: &Maintainers,
    is_folder: IsFolder<'_>,
    options: &MailOptions,
) -> Vec<MailFile> {
    let bracketed = |id: &String| format!("<{}>", id.trim().trim_matches(['<', '>']));
    let answered = options.in_reply_to.as_ref().map(bracketed);
    let above: Vec<&str> = answered.iter().map(String::as_str).collect();
    let Outgoing { series, commits, author, .. } = outgoing;
    let cover_id = message_id("cover", last_commit(outgoing), author, options);
    let mut union = Recipients::default();
    let mut stats = Vec::new();
    let mut mails = Vec::with_capacity(commits.len() + 1);
    for (at, (patch, commit)) in series.patches.iter().zip(*commits).enumerate() {
        let (body, stat) = patch_body(patch, commit, in_body_author(author, options).as_deref());
        stats.extend(stat);
        let recipients = match options.addressees {
            Addressees::FromMaintainers => {
                // The script reads the whole mail, so it is shown the subject as well.
                let mut text = format!("Subject: {}\n\n", patch.subject).into_bytes();
                text.extend_from_slice(&body);
                maintainers.recipients_of_patch(&text, is_folder)
            }
            Addressees::OnlyGiven => Recipients::default(),
        };
        union.extend(&recipients);
        let (to, cc) = address(&recipients, options);
        mails.push(Mail {
            number: at + 1,
            commit: &commit.id,
            subject: &patch.subject,
            body,
            message_id: message_id(&format!("{:04}", at + 1), commit, author, options),
            thread: above.iter().copied().chain([cover_id.as_str()]).collect(),
            to,
            cc,
        });
    }
    stats.sort_by(|a, b| a.path.cmp(&b.path));
    let (to, cc) = address(&union, options);
    let cover = Mail {
        number: 0,
        commit: &last_commit(outgoing).id,
        subject: &series.cover.subject,
        body: cover_body(outgoing, &stats),
        message_id: cover_id.clone(),
        thread: above,
        to,
        cc,
    };
    mails.insert(0, cover);
    mails.iter().map(|mail| write_mail(mail, outgoing, options)).collect()
}

/// All mails in one file, as `git format-patch --stdout` writes them.
pub fn mbox(files: &[MailFile]) -> Vec<u8> {
    files.iter().flat_map(|file| file.bytes.iter().copied()).collect()
}

fn last_commit<'s>(outgoing: &Outgoing<'s>) -> &'s Commit {
    outgoing.commits.last().expect("a series has at least one patch")
}

fn message_id(part: &str, commit: &Commit, author: &Person, options: &MailOptions) -> String {
    let version = options.version.map_or(String::new(), |version| format!(".v{version}"));
    match options.message_ids {
        MessageIds::Commit => format!("<{part}.{}{version}.git.{}>", commit.id, author.email),
        MessageIds::Content => format!("<{part}.{}{version}.tree.{}>", commit.tree, author.email),
    }
}

/// To the maintainers, a copy to reviewers and lists. Nobody gets a mail twice.
fn address(recipients: &Recipients, options: &MailOptions) -> (Vec<Mailbox>, Vec<Mailbox>) {
    let mut to: Vec<Mailbox> = options.to.clone();
    let mut cc: Vec<Mailbox> = Vec::new();
    match options.addressees {
        Addressees::FromMaintainers => {
            to.extend(recipients.with_role(Role::Maintainer).cloned());
            cc.extend(recipients.with_role(Role::Reviewer).cloned());
            cc.extend(recipients.with_role(Role::List).cloned());
            cc.extend(options.cc.iter().cloned());
            cc.push(Mailbox { name: String::new(), address: KERNEL_LIST.into() });
        }
        Addressees::OnlyGiven => cc.extend(options.cc.iter().cloned()),
    }
    let mut seen = std::collections::BTreeSet::new();
    to.retain(|mailbox| seen.insert(mailbox.address.to_lowercase()));
    cc.retain(|mailbox| seen.insert(mailbox.address.to_lowercase()));
    // A mail to nobody but copies is taken for spam: the first list takes the place.
    if to.is_empty() && !cc.is_empty() {
        to.push(cc.remove(0));
    }
    (to, cc)
}

/// Message, evidence, diffstat, diff and signature.
fn patch_body(patch: &Patch, commit: &Commit, author: Option<&str>) -> (Vec<u8>, Vec<StatEntry>) {
    let message = patch.message();
    let body = message.split_once("\n\n").map_or("", |(_, body)| body);
    let mut out = author.unwrap_or_default().as_bytes().to_vec();
    out.extend_from_slice(body.as_bytes());
    out.extend_from_slice(b"---\n");
    if !patch.evidence.is_empty() {
        out.extend_from_slice(evidence(&patch.evidence).as_bytes());
        out.push(b'\n');
    }
    let diffs: Vec<FileDiff<'_>> = patch.changes.iter().map(FileDiff::new).collect();
    let stat: Vec<StatEntry> = diffs.iter().map(FileDiff::stat).collect();
    out.extend_from_slice(diffstat(&stat).as_bytes());
    out.push(b'\n');
    write_diffs(&mut out, &diffs, commit);
    out.extend_from_slice(signature().as_bytes());
    (out, stat)
}

/// The diff of a patch as it stands in its mail.
pub fn patch_diff(patch: &Patch, commit: &Commit) -> Vec<u8> {
    let diffs: Vec<FileDiff<'_>> = patch.changes.iter().map(FileDiff::new).collect();
    let mut out = Vec::new();
    write_diffs(&mut out, &diffs, commit);
    out
}

fn write_diffs(out: &mut Vec<u8>, diffs: &[FileDiff<'_>], commit: &Commit) {
    for (diff, context) in diffs.iter().zip(&commit.contexts) {
        diff.write(out, Some(context));
    }
}

/// The first lines of a body that tell the author where somebody else sends the mail, as git reads them.
fn in_body_author(author: &Person, options: &MailOptions) -> Option<String> {
    let sender = options.from.as_ref()?;
    let same = sender.address.eq_ignore_ascii_case(&author.email) && sender.name == author.name;
    (!same).then(|| format!("From: {} <{}>\n\n", author.name, author.email))
}

fn evidence(lines: &[String]) -> String {
    let mut text = String::new();
    for line in lines {
        // The dash keeps each of them apart and from being taken for a diff.
        writeln!(text, "{}", fill(&format!("- {line}"), WIDTH)).expect("a string takes all text");
    }
    text
}

fn signature() -> String {
    format!("-- \n{TOOL}\n\n")
}

/// The letter, the shortlog, the whole diffstat and the base.
fn cover_body(outgoing: &Outgoing<'_>, stats: &[StatEntry]) -> Vec<u8> {
    let Outgoing { series, base, prerequisites, author, .. } = outgoing;
    let mut text =
        format!("{}\n\n{} ({}):\n", series.cover.body, author.name, series.patches.len());
    for patch in &series.patches {
        let mut indent = "  ";
        for line in fill(&patch.subject, WIDTH - 4).lines() {
            text.push_str(indent);
            text.push_str(line);
            text.push('\n');
            indent = "    ";
        }
    }
    text.push('\n');
    text.push_str(&diffstat(stats));
    text.push_str(&format!("\n\nbase-commit: {base}\n"));
    for id in *prerequisites {
        text.push_str(&format!("prerequisite-patch-id: {id}\n"));
    }
    text.push_str(&signature());
    text.into_bytes()
}

fn write_mail(mail: &Mail<'_>, outgoing: &Outgoing<'_>, options: &MailOptions) -> MailFile {
    let author = outgoing.author;
    let total = outgoing.series.patches.len();
    let version = options.version.map_or(String::new(), |version| format!(" v{version}"));
    let number = format!("{:0width$}/{total}", mail.number, width = total.to_string().len());
    let prefix = format!("[{}{version} {number}] ", options.subject_prefix);
    let mut head = format!("From {} Mon Sep 17 00:00:00 2001\n", mail.commit);
    head.push_str(&format!("Message-ID: {}\n", mail.message_id));
    if let Some(nearest) = mail.thread.last() {
        let all = mail.thread.join("\n\t");
        head.push_str(&format!("In-Reply-To: {nearest}\nReferences: {all}\n"));
    }
    let sender = match &options.from {
        Some(sender) => sender.clone(),
        None => Mailbox { name: author.name.clone(), address: author.email.clone() },
    };
    head.push_str(&header::addresses("From", &[sender]));
    head.push_str(&format!("Date: {}\n", date::mail_date(author.when)));
    head.push_str(&header::subject(&prefix, mail.subject));
    let transfer = transfer::choose(&mail.body);
    head.push_str(transfer.headers());
    head.push_str(&header::addresses("To", &mail.to));
    head.push_str(&header::addresses("Cc", &mail.cc));
    head.push('\n');
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(&transfer.encode(&mail.body));
    MailFile { name: file_name(mail, options), bytes }
}

/// At most 64 bytes, as git's.
fn file_name(mail: &Mail<'_>, options: &MailOptions) -> String {
    const SUFFIX: &str = ".patch";
    const LONGEST: usize = 64 - SUFFIX.len() - 1;
    let version = options.version.map_or(String::new(), |version| format!("v{version}-"));
    let slug = if mail.number == 0 { "cover-letter".into() } else { slug(mail.subject) };
    let mut name = format!("{version}{:04}-{slug}", mail.number);
    name.truncate(LONGEST);
    name + SUFFIX
}

/// Letters, digits, dots and underscores; whatever lies between becomes one dash.
fn slug(subject: &str) -> String {
    let mut slug = String::with_capacity(subject.len());
    let mut gap = false;
    for c in subject.chars() {
        if !(c.is_ascii_alphanumeric() || c == '.' || c == '_') {
            gap = true;
            continue;
        }
        if gap && !slug.is_empty() {
            slug.push('-');
        } else if c == '.' && slug.ends_with('.') {
            continue;
        }
        gap = false;
        slug.push(c);
    }
    slug.trim_end_matches(['.', '-']).to_owned()
}

#[cfg(test)]
mod tests;
