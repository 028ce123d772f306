//! The interpreter's memory: objects of cells, and pointers that know where their array ends.

use super::super::program::{Field, Func, Storage, Ty};

/// Where the pages behind an iterator are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IterKind {
    Ubuf,
    Iovec,
    Bvec,
    Kvec,
}

impl IterKind {
    pub(super) const ALL: [IterKind; 4] =
        [IterKind::Ubuf, IterKind::Iovec, IterKind::Bvec, IterKind::Kvec];

    pub(super) fn is_user_backed(self) -> bool {
        matches!(self, IterKind::Ubuf | IterKind::Iovec)
    }
}

/// What is known of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PageTag {
    pub(super) is_gup: bool,
    pub(super) is_carried: bool,
}

impl PageTag {
    pub(super) const GUP: PageTag = PageTag { is_gup: true, is_carried: false };
    pub(super) const ELSEWHERE: PageTag = PageTag { is_gup: false, is_carried: false };
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pointer {
    pub(super) object: usize,
    pub(super) offset: usize,
    /// The first cell that is no longer its array's or member's.
    pub(super) end: usize,
}

impl Pointer {
    pub(super) fn at(self, offset: usize) -> Pointer {
        Pointer { offset, ..self }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Undefined,
    /// NULL and 0 alike, as in memory that was cleared.
    Null,
    Int(i64),
    Page(PageTag),
    Pointer(Pointer),
    Function(Func),
    Table(usize),
    Iter(IterKind),
}

/// What an object is, and so which of its cells may hold pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ObjectKind {
    Scalar(Ty),
    PageArray,
    Object,
    Iterator,
    Vectors,
}

impl From<Storage> for ObjectKind {
    fn from(storage: Storage) -> ObjectKind {
        match storage {
            Storage::Scalar(ty) => ObjectKind::Scalar(ty),
            Storage::PageArray => ObjectKind::PageArray,
            Storage::Object => ObjectKind::Object,
            Storage::Iterator => ObjectKind::Iterator,
            Storage::Vectors => ObjectKind::Vectors,
        }
    }
}

/// The first cell of a member; `struct inner` has its two where `struct obj` has the same.
pub(super) fn offset(field: Field) -> usize {
    match field {
        Field::Page => 0,
        Field::Pages => 1,
        Field::Slots => 2,
        Field::In => 6,
        Field::Far => 8,
        Field::Next => 9,
        Field::Private => 10,
        Field::Pinned => 11,
        Field::Ops => 12,
        Field::Iter => 13,
        Field::Anonymous => 14,
        Field::UnionA | Field::UnionB => 15,
    }
}

pub(super) fn size_of(field: Field) -> usize {
    match field {
        Field::Slots => 4,
        Field::In => 2,
        _ => 1,
    }
}

const OBJECT_CELLS: usize = 16;

struct Object {
    kind: ObjectKind,
    cells: Vec<Value>,
    /// The call that made it.
    made_by: usize,
    on_heap: bool,
    is_alive: bool,
}

#[derive(Default)]
pub(super) struct Memory {
    objects: Vec<Object>,
}

impl Memory {
    pub(super) fn make(&mut self, kind: ObjectKind, value: Value, made_by: usize) -> Pointer {
        let end = match kind {
            ObjectKind::Scalar(_) | ObjectKind::Iterator => 1,
            ObjectKind::PageArray | ObjectKind::Vectors => 4,
            ObjectKind::Object => OBJECT_CELLS,
        };
        let cells = vec![value; end];
        self.objects.push(Object { kind, cells, made_by, on_heap: false, is_alive: true });
        Pointer { object: self.objects.len() - 1, offset: 0, end }
    }

    pub(super) fn make_on_heap(&mut self, kind: ObjectKind, made_by: usize) -> Pointer {
        let pointer = self.make(kind, Value::Null, made_by);
        self.objects[pointer.object].on_heap = true;
        pointer
    }

    /// The object is gone: what still points to it must not be followed.
    pub(super) fn end(&mut self, pointer: Pointer) {
        self.objects[pointer.object].is_alive = false;
    }

    pub(super) fn load(&self, pointer: Pointer) -> Option<Value> {
        let object = &self.objects[pointer.object];
        (object.is_alive && pointer.offset < pointer.end)
            .then(|| object.cells.get(pointer.offset).copied())
            .flatten()
    }

    pub(super) fn store(&mut self, pointer: Pointer, value: Value) -> Option<()> {
        let object = &mut self.objects[pointer.object];
        if !object.is_alive || pointer.offset >= pointer.end {
            return None;
        }
        *object.cells.get_mut(pointer.offset)? = value;
        Some(())
    }

    pub(super) fn copy(&mut self, to: Pointer, from: Pointer, count: usize) -> Option<()> {
        let values: Vec<Value> =
            (0..count).map(|at| self.load(from.at(from.offset + at))).collect::<Option<_>>()?;
        for (at, value) in values.into_iter().enumerate() {
            self.store(to.at(to.offset + at), value)?;
        }
        Some(())
    }

    /// Whether the object was made by this very call.
    pub(super) fn is_made_by(&self, pointer: Pointer, call: usize) -> bool {
        self.objects[pointer.object].made_by == call
    }

    pub(super) fn objects_on_heap(&self) -> Vec<Pointer> {
        let objects = self.objects.iter().enumerate();
        objects
            .filter(|(_, object)| object.on_heap && object.kind == ObjectKind::Object)
            .map(|(object, _)| Pointer { object, offset: 0, end: OBJECT_CELLS })
            .collect()
    }

    /// The `struct obj` around its member `in`.
    pub(super) fn around(&self, inner: Pointer) -> Option<Pointer> {
        let object = &self.objects[inner.object];
        let is_member = object.kind == ObjectKind::Object && inner.offset == offset(Field::In);
        is_member.then_some(Pointer { object: inner.object, offset: 0, end: OBJECT_CELLS })
    }

    /// The cells for pages that can be come to from `start`, which are from now on no call's own.
    pub(super) fn escape(&mut self, start: Pointer) -> Vec<Pointer> {
        let mut seen: Vec<Pointer> = Vec::new();
        let mut work = vec![start];
        let mut out = Vec::new();
        while let Some(pointer) = work.pop() {
            if seen.contains(&pointer) || !self.objects[pointer.object].is_alive {
                continue;
            }
            seen.push(pointer);
            self.objects[pointer.object].made_by = 0;
            for at in pointer.offset..pointer.end {
                let cell = pointer.at(at);
                if self.holds_page(cell) {
                    out.push(cell);
                }
                if let Some(Value::Pointer(next)) = self.load(cell) {
                    work.push(next);
                }
            }
        }
        out
    }

    fn holds_page(&self, cell: Pointer) -> bool {
        match self.objects[cell.object].kind {
            ObjectKind::Scalar(ty) => ty == Ty::Page,
            ObjectKind::PageArray | ObjectKind::Vectors => true,
            ObjectKind::Object => [0, 2, 3, 4, 5, 6, 14, 15].contains(&cell.offset),
            ObjectKind::Iterator => false,
        }
    }
}
