//! # Files that are decoded while the training waits
//!
//! Without `num_workers`, a `DataLoader` gets the items of a batch one after the other in the process that trains: while images are
//! read and decoded, nothing is learned, and while the device learns, nothing is decoded. Workers decode ahead, on cores that would
//! have nothing to do. Measured with PyTorch 1.12 on two cores that other programs used as well, with a pause for the step of a device:
//! 1.1 to 1.3 times faster for two thousand images of 64 by 64 pixels and steps of 10 ms, 1.0 to 2.5 times for photos of 500 by 500 and
//! steps of 20 to 100 ms, with two workers. Where no core was free, photos were no faster, or slower (0.7 to 2.2 times without steps).
//!
//! Workers take time to start (tens of milliseconds on Linux, seconds where Python is started anew), and each item goes from one
//! process to the other: with workers, an epoch took 3 to 50 times as long for arrays of `np.load` and rows in memory, twice as long for
//! transforms of images in memory, and small texts gained nothing. So the rule speaks up where getting an item decodes an image, a sound
//! or a film, and only for those who ask: it does not see how many there are, how large they are and how many cores are free, nor what
//! `pin_memory` would gain on a device.
//!
//! ```python bad
//! from PIL import Image
//! from torch.utils.data import DataLoader, Dataset
//!
//!
//! class Photos(Dataset):
//!     def __init__(self, paths, transform):
//!         self.paths = paths
//!         self.transform = transform
//!
//!     def __len__(self):
//!         return len(self.paths)
//!
//!     def __getitem__(self, index):
//!         with Image.open(self.paths[index]) as image:
//!             return self.transform(image.convert("RGB"))
//!
//!
//! def loader(paths, transform):
//!     photos = Photos(paths, transform)
//!     return DataLoader(photos, batch_size=32, shuffle=True)
//! ```
//!
//! ```python good
//! from PIL import Image
//! from torch.utils.data import DataLoader, Dataset
//!
//!
//! class Photos(Dataset):
//!     def __init__(self, paths, transform):
//!         self.paths = paths
//!         self.transform = transform
//!
//!     def __len__(self):
//!         return len(self.paths)
//!
//!     def __getitem__(self, index):
//!         with Image.open(self.paths[index]) as image:
//!             return self.transform(image.convert("RGB"))
//!
//!
//! def loader(paths, transform):
//!     photos = Photos(paths, transform)
//!     return DataLoader(photos, batch_size=32, shuffle=True, num_workers=4)
//! ```
//!
//! ```python bad
//! import torch
//! from torchvision import datasets
//!
//!
//! def loader(folder, transform):
//!     images = datasets.ImageFolder(folder, transform)
//!     return torch.utils.data.DataLoader(torch.utils.data.Subset(images, range(1000)), batch_size=32)
//! ```
//!
//! Who says that there are to be none, items that are in memory or that are read fast, streams, a single batch, and settings from
//! elsewhere:
//!
//! ```python fine
//! import numpy as np
//! import torch
//! from PIL import Image
//! from torch.utils.data import DataLoader, Dataset, IterableDataset, TensorDataset
//!
//!
//! class Photos(Dataset):
//!     def __init__(self, paths):
//!         self.paths = paths
//!
//!     def __getitem__(self, index):
//!         return self.load(index)
//!
//!     def load(self, index):
//!         return np.asarray(Image.open(self.paths[index]))
//!
//!
//! class Loaded(Dataset):
//!     def __init__(self, paths):
//!         self.images = [np.asarray(Image.open(path)) for path in paths]
//!
//!     def __getitem__(self, index):
//!         return torch.from_numpy(self.images[index])
//!
//!
//! class Arrays(Dataset):
//!     def __init__(self, paths):
//!         self.paths = paths
//!
//!     def __getitem__(self, index):
//!         return np.load(self.paths[index])
//!
//!
//! class Stream(IterableDataset):
//!     def __init__(self, paths):
//!         self.paths = paths
//!
//!     def __iter__(self):
//!         for path in self.paths:
//!             yield np.asarray(Image.open(path))
//!
//!
//! def loaders(paths, rows: torch.Tensor, settings):
//!     yield DataLoader(Photos(paths), batch_size=32, num_workers=0)
//!     yield DataLoader(Photos(paths), **settings)
//!     yield DataLoader(Loaded(paths), batch_size=32)
//!     yield DataLoader(Arrays(paths), batch_size=32)
//!     yield DataLoader(Stream(paths), batch_size=32)
//!     yield DataLoader(TensorDataset(rows), batch_size=32)
//!     yield next(iter(DataLoader(Photos(paths), batch_size=32)))
//! ```
//!
//! No fix is offered: how many workers pay depends on the machine and on the items, and what workers get has to be picklable where they
//! are not forked.

use hotlint_core::ast::{AnyNodeRef, Expr, ExprCall};
use hotlint_core::lint::{Cost, Cx, Finding, Rule, way};
use hotlint_core::python::{Does, Effects, Type};
use hotlint_core::text_size::Ranged;

pub struct DataloaderWithoutWorkers;

const DECODES: Effects = Effects::does(Does::Decodes);

/// The position of `num_workers` among the parameters.
const WORKERS: usize = 5;

impl Rule for DataloaderWithoutWorkers {
    type On = ExprCall;
    const CALLEES: &'static [&'static str] = &["torch.utils.data.DataLoader"];
    const COST: Cost = Cost::Debatable(
        "items are decoded while the device waits: 1.1-2.5 times slower beside its steps, where cores are free",
    );

    fn concerns(cx: &Cx<'_>) -> bool {
        cx.imports("torch")
    }

    fn check<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> Option<Finding> {
        let arguments = &call.arguments;
        let says_more = arguments.keywords.iter().any(|keyword| {
            let word = keyword.arg.as_deref();
            word.is_none_or(|word| matches!(word, "num_workers" | "multiprocessing_context"))
        });
        let is_open = arguments.args.iter().any(Expr::is_starred_expr);
        if says_more || is_open || arguments.args.len() > WORKERS || is_one_batch(call, cx) {
            return None;
        }
        let items = whole(arguments.find_argument_value("dataset", 0)?, cx);
        let finding = |how: String| {
            Finding::new(call, format!("`{}` {how}", cx.spelled(call)))
                .label("no `num_workers`: nothing is decoded ahead")
                .help("pass `num_workers=`, up to the number of cores, and measure an epoch; `num_workers=0` says that none are wanted")
        };
        // A library's own items.
        if let Type::Instance(class) = cx.ty(items) {
            let entry = cx.entry(&format!("{}.__getitem__", class.name()));
            if entry.is_some_and(|entry| entry.does(Does::Decodes)) {
                let how = "decodes one item after the other, while the training waits";
                return Some(finding(how.to_owned()).because(items, "its items are files"));
            }
        }
        let steps = cx.item_leads_to(items, DECODES)?;
        let what = "decodes a file";
        let how = format!(
            "gets one item after the other, and each {}",
            way(&steps, what)
        );
        Some(finding(how).through(&steps, what))
    }
}

/// What a part of the items is a part of.
fn whole<'a>(items: &'a Expr, cx: &Cx<'a>) -> &'a Expr {
    let mut items = items;
    while let Some(call) = cx.only_value(items).unwrap_or(items).as_call_expr()
        && cx.is(&*call.func, "torch.utils.data.Subset")
        && let Some(inner) = call.arguments.find_argument_value("dataset", 0)
    {
        items = inner;
    }
    items
}

/// `next(iter(DataLoader(...)))`
fn is_one_batch<'a>(call: &'a ExprCall, cx: &Cx<'a>) -> bool {
    let around = cx
        .tree
        .ancestors(call)
        .take_while(|outer| !outer.is_statement());
    around.into_iter().any(|outer| match outer {
        AnyNodeRef::ExprCall(outer) => {
            outer.arguments.range().contains_range(call.range())
                && cx.is(&*outer.func, "builtins.next")
        }
        _ => false,
    })
}
