//! Where a string to sign is written: into a MAC, or into memory.

/// Takes the string to sign piece by piece, so that verifying never has to
/// assemble it.
pub(crate) trait Sink {
    fn write(&mut self, bytes: &[u8]);

    /// Takes a secret, of which no copy stays behind.
    fn write_secret(&mut self, secret: &[u8]) {
        self.write(secret);
    }
}

impl Sink for Vec<u8> {
    fn write(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

impl<S: Sink + ?Sized> Sink for &mut S {
    fn write(&mut self, bytes: &[u8]) {
        S::write(self, bytes);
    }

    fn write_secret(&mut self, secret: &[u8]) {
        S::write_secret(self, secret);
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

/// A content whose code is compiled once for all sinks. That makes it slower by a
/// call for each piece, and the library smaller: for sinks that are rare, or slow
/// themselves.
pub(crate) struct Erased<'c, C>(pub(crate) &'c C);

impl<C: Content> Content for Erased<'_, C> {
    fn write(&self, sink: &mut impl Sink) {
        let mut sink: &mut dyn Sink = sink;
        self.0.write(&mut sink);
    }
}
