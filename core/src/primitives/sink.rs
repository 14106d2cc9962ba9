//! Where a string to sign is written: into a MAC, or into memory.

/// Takes the string to sign piece by piece, so that verifying never has to
/// assemble it.
pub(crate) trait Sink {
    fn write(&mut self, bytes: &[u8]);
}

impl Sink for Vec<u8> {
    fn write(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// Something that can be written, any number of times.
pub(crate) trait Content {
    fn write(&self, sink: &mut impl Sink);
}

impl Content for &[u8] {
    fn write(&self, sink: &mut impl Sink) {
        sink.write(self);
    }
}
