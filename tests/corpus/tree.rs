//! The walk, the index and the harvest on a real tree.

use std::fs;
use std::path::Path;

use gupatch::tree::harvest::{PrototypeKind, harvest_prototypes, harvest_typedefs};
use gupatch::tree::index::{FileNo, TreeIndex, files_mentioning};
use gupatch::tree::walk::is_source;
use gupatch::tree::words::WordSet;

use super::corpus;

/// Counts the sources below `folder` without the walk's own code: plain files, hidden ones left out.
fn count_sources(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).expect("the walk has just read it");
    entries
        .map(|entry| {
            let entry = entry.expect("the walk has just read it");
            let kind = entry.file_type().expect("the system knows what it lists");
            let name = entry.file_name();
            let name = name.to_str().expect("kernel file names are ASCII");
            if name.starts_with('.') {
                0
            } else if kind.is_dir() {
                count_sources(&entry.path())
            } else {
                usize::from(kind.is_file() && is_source(name))
            }
        })
        .sum()
}

#[test]
fn the_walk_sees_every_source() {
    let Some(corpus) = corpus() else { return };
    let walk = &corpus.walk;
    assert_eq!(walk.unseen, []);
    assert!(walk.files.is_sorted());
    assert_eq!(walk.files.len() + walk.ignored.len(), count_sources(&corpus.tree.root));
    corpus.figures.check("walk.files", walk.files.len() as f64);
    corpus.figures.check("walk.ignored", walk.ignored.len() as f64);
    corpus.figures.check("walk.links", walk.links as f64);
}

#[test]
fn the_index_names_every_file_that_mentions_a_word() {
    let Some(corpus) = corpus() else { return };
    let words = ["bio_add_page", "sg_set_page", "bv_page", "pin_user_pages_fast", "page", "pvec"];
    let wanted = WordSet::new(words).expect("these are identifiers");
    let (index, unseen) = TreeIndex::build(&corpus.tree.root, &corpus.walk.files);
    assert_eq!(unseen, []);
    let read = files_mentioning(&corpus.tree.root, &corpus.walk.files, &wanted);
    for word in words {
        let id = wanted.id(word);
        let by_reading: Vec<FileNo> = read
            .files
            .iter()
            .filter(|(_, mentioned)| mentioned.iter().any(|own| Some(*own) == id))
            .map(|(file, _)| *file)
            .collect();
        let by_index = index.candidates(word);
        assert!(by_reading.iter().all(|file| by_index.binary_search(file).is_ok()), "{word}");
        corpus.figures.check(&format!("index.files_mentioning.{word}"), by_reading.len() as f64);
    }
}

#[test]
fn headers_tell_types_and_prototypes() {
    let Some(corpus) = corpus() else { return };
    let (names, unseen) = harvest_typedefs(&corpus.tree.root, &corpus.walk.files);
    assert_eq!(unseen, []);
    for name in ["u32", "__be32", "gfp_t", "irq_handler_t", "atomic_t", "bool", "work_func_t"] {
        assert!(names.contains(name.as_bytes()), "{name} is a type");
    }
    for name in ["page", "struct", "bio", "__packed", "return"] {
        assert!(!names.contains(name.as_bytes()), "{name} is no type");
    }
    corpus.figures.check("harvest.typedefs", names.len() as f64);

    let wanted = WordSet::new(["bio_add_page", "sg_set_page", "get_user_pages_fast"])
        .expect("these are identifiers");
    let (found, unseen) = harvest_prototypes(&corpus.tree.root, &corpus.walk.files, &wanted);
    assert_eq!(unseen, []);
    let defined_in = |name: &str, file: &str| {
        found[name]
            .iter()
            .find(|one| one.kind == PrototypeKind::Definition && one.file.as_str() == file)
    };
    let bio = defined_in("bio_add_page", "block/bio.c").expect("it is defined there");
    assert_eq!(bio.position_of("page"), Some(1));
    let sg = defined_in("sg_set_page", "include/linux/scatterlist.h").expect("it is defined there");
    assert_eq!(sg.positions_of_type("struct page *").collect::<Vec<_>>(), [1]);
    let gup = defined_in("get_user_pages_fast", "mm/gup.c").expect("it is defined there");
    assert_eq!(gup.positions_of_type("struct page **").collect::<Vec<_>>(), [3]);
}
