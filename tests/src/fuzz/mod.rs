//! What the fuzz targets start from, and the form in which they take requests.

mod message;
mod seeds;
mod signed;

pub use message::{Message, split_line};
pub use seeds::write_seeds;
pub use signed::{Sample, samples};
