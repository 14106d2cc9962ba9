//! The linker settings a Node add-on needs on this platform.

fn main() {
    napi_build::setup();
}
