//! The subject prefix of a patch from its paths alone, for files without a history.
//!
//! In: the paths of one patch. Out: what kernel subjects usually call that place: `ceph` for `fs/ceph`,
//! `drm/radeon` for `drivers/gpu/drm/radeon`, `scsi: st` for `drivers/scsi/st.c`. A table holds the
//! habits of the top folders; what is below follows from the path.

use crate::source::TreePath;

/// How a folder shows up in subjects.
enum Habit {
    /// The folder below names it alone: `fs/ceph` is `ceph`.
    Below(&'static str),
    /// Folder and the one below with a slash: `net/rds`.
    Slash(&'static str),
    /// With a colon: `scsi: st`.
    Colon(&'static str),
    /// Just this word.
    Word(&'static str),
}

/// The longest matching folder counts.
const HABITS: &[(&str, Habit)] = &[
    ("Documentation", Habit::Word("Documentation")),
    ("arch", Habit::Below("arch")),
    ("arch/powerpc", Habit::Word("powerpc")),
    ("arch/x86/kvm", Habit::Word("KVM: x86")),
    ("block", Habit::Word("block")),
    ("crypto", Habit::Colon("crypto")),
    ("drivers", Habit::Below("drivers")),
    ("drivers/crypto", Habit::Colon("crypto")),
    ("drivers/gpu/drm", Habit::Slash("drm")),
    ("drivers/infiniband", Habit::Slash("RDMA")),
    ("drivers/infiniband/core", Habit::Word("RDMA/core")),
    ("drivers/infiniband/hw", Habit::Slash("RDMA")),
    ("drivers/infiniband/sw", Habit::Slash("RDMA")),
    ("drivers/infiniband/ulp", Habit::Slash("RDMA")),
    ("drivers/md", Habit::Word("md")),
    ("drivers/media", Habit::Colon("media")),
    ("drivers/misc", Habit::Colon("misc")),
    ("drivers/net", Habit::Colon("net")),
    ("drivers/nvme", Habit::Word("nvme")),
    ("drivers/scsi", Habit::Colon("scsi")),
    ("drivers/staging", Habit::Colon("staging")),
    ("drivers/target", Habit::Colon("scsi: target")),
    ("drivers/usb", Habit::Colon("usb")),
    ("drivers/vfio", Habit::Slash("vfio")),
    ("fs", Habit::Below("fs")),
    ("fs/smb", Habit::Colon("smb")),
    ("include", Habit::Below("include")),
    ("io_uring", Habit::Word("io_uring")),
    ("kernel", Habit::Below("kernel")),
    ("lib", Habit::Slash("lib")),
    ("mm", Habit::Word("mm")),
    ("net", Habit::Slash("net")),
    ("samples", Habit::Slash("samples")),
    ("sound", Habit::Colon("ALSA")),
    ("sound/soc", Habit::Colon("ASoC")),
    ("tools", Habit::Slash("tools")),
    ("virt/kvm", Habit::Word("KVM")),
];

/// Folders that say nothing about what is in them.
const EMPTY_WORDS: &[&str] =
    &["common", "core", "drivers", "host", "hw", "lib", "linux", "main", "pci", "src", "uapi"];

/// For files that have no folder in common.
pub(super) const TREEWIDE: &str = "treewide";

/// The prefix for `paths`, without a colon at the end. Empty only without paths.
pub(super) fn prefix_of_paths(paths: &[&TreePath]) -> String {
    let Some(first) = paths.first() else { return String::new() };
    let one_file = paths.iter().all(|path| path == first);
    let folder = paths.iter().map(|path| path.folder()).reduce(common_folder).unwrap_or_default();
    let stem = one_file.then(|| stem(first.file_name()));
    let habit = HABITS
        .iter()
        .filter(|(top, _)| folder == *top || folder.strip_prefix(top).is_some_and(starts_slash))
        .max_by_key(|(top, _)| top.len());
    let Some((top, habit)) = habit else {
        let last = folder.rsplit('/').find(|name| !name.is_empty());
        return last.or(stem).unwrap_or(TREEWIDE).to_owned();
    };
    let below = folder[top.len()..].trim_start_matches('/');
    // The first folder that says something; in `drivers/media/pci/ivtv` that is `ivtv`.
    let named = below.split('/').find(|name| !name.is_empty() && !EMPTY_WORDS.contains(name));
    let stem = stem.filter(|stem| !EMPTY_WORDS.contains(stem));
    match (habit, named) {
        (Habit::Word(word), _) => (*word).to_owned(),
        (Habit::Below("drivers" | "include"), None) => stem.unwrap_or(top).to_owned(),
        (Habit::Below(_), Some(name)) => name.to_owned(),
        (Habit::Below(word), None) => (*word).to_owned(),
        (Habit::Slash(word), Some(name)) => format!("{word}/{name}"),
        (Habit::Slash(word), None) => (*word).to_owned(),
        (Habit::Colon(word), name) => match name.or(stem) {
            Some(name) => format!("{word}: {name}"),
            None => (*word).to_owned(),
        },
    }
}

fn starts_slash(rest: &str) -> bool {
    rest.starts_with('/')
}

fn stem(name: &str) -> &str {
    name.split_once('.').map_or(name, |(stem, _)| stem)
}

fn common_folder<'p>(a: &'p str, b: &'p str) -> &'p str {
    let same = a.split('/').zip(b.split('/')).take_while(|(a, b)| a == b);
    let len = same.map(|(name, _)| name.len() + 1).sum::<usize>();
    &a[..len.saturating_sub(1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(paths: &[&str], expected: &str) {
        let paths: Vec<TreePath> = paths.iter().map(|path| TreePath::new(path).unwrap()).collect();
        assert_eq!(prefix_of_paths(&paths.iter().collect::<Vec<_>>()), expected, "{paths:?}");
    }

    #[test]
    fn the_path_tells_the_subsystem() {
        check(&["fs/ceph/file.c"], "ceph");
        check(&["fs/direct-io.c"], "fs");
        check(&["net/rds/rdma.c", "net/rds/message.c"], "net/rds");
        check(&["drivers/gpu/drm/radeon/radeon_ttm.c"], "drm/radeon");
        check(&["drivers/gpu/drm/i915/gem/i915_gem_userptr.c"], "drm/i915");
        check(&["drivers/scsi/st.c"], "scsi: st");
        check(&["drivers/media/common/videobuf2/videobuf2-dma-sg.c"], "media: videobuf2");
        check(&["drivers/media/pci/ivtv/ivtv-udma.c"], "media: ivtv");
        check(&["drivers/infiniband/core/umem.c"], "RDMA/core");
        check(&["drivers/infiniband/hw/hfi1/user_pages.c"], "RDMA/hfi1");
        check(&["drivers/nvme/host/ioctl.c"], "nvme");
        check(&["include/linux/bio.h"], "bio");
        check(&["block/bio.c"], "block");
        check(&["arch/powerpc/mm/x.c"], "powerpc");
        check(&["arch/s390/mm/x.c"], "s390");
        check(&["mm/gup.c"], "mm");
        check(&["lib/iov_iter.c"], "lib");
        check(&["init/main.c"], "init");
        check(&["fs/nfs/direct.c", "net/sunrpc/xdr.c"], "treewide");
    }
}
