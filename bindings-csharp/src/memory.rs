//! Bytes that belong to the caller until they are freed.

/// Gives bytes to the caller. Never NULL.
pub(crate) fn own(bytes: Vec<u8>) -> (*mut u8, usize) {
    let bytes = Box::leak(bytes.into_boxed_slice());
    (bytes.as_mut_ptr(), bytes.len())
}

/// Takes back what [`own`] gave. NULL is nothing.
///
/// # Safety
/// `data` is NULL, or the two come from one call of [`own`] and were not taken
/// back yet.
pub(crate) unsafe fn disown(data: *mut u8, len: usize) {
    if !data.is_null() {
        // SAFETY: a box of this length was leaked to make them.
        drop(unsafe { Box::from_raw(core::ptr::slice_from_raw_parts_mut(data, len)) });
    }
}
