//! `decrypt(ciphertext, iv, cipher, room)`, for what was kept of a delivery.

use hookseal_bridge::{Error, Handle, Room};

use crate::answer::Answer;
use crate::arguments::{Arguments, unexpected};

const CIPHERTEXT: usize = 0;
const IV: usize = 1;
const CIPHER: usize = 2;
const ROOM: usize = 3;

/// Decrypts to `room`, and gives the length. `iv` and `cipher` may be absent.
pub(crate) fn decrypt(handle: &Handle, arguments: &Arguments<'_>) -> Result<Answer, Error> {
    let mut name = Vec::new();
    let cipher = cipher(arguments, &mut name)?;
    let iv = arguments.is_given(IV).then(|| arguments.bytes(IV));
    let mut room = Room::new();
    let text = room.fill(arguments.bytes(CIPHERTEXT)?);
    let payload = handle.decrypt(text, iv.transpose()?, cipher)?;
    // SAFETY: the payload is decrypted, so that nothing reads the arguments.
    if unsafe { arguments.write(ROOM, payload) }? {
        Ok(Answer::Length(payload.len()))
    } else {
        Err(unexpected("room for the payload"))
    }
}

fn cipher<'n>(arguments: &Arguments<'_>, name: &'n mut Vec<u8>) -> Result<Option<&'n str>, Error> {
    if !arguments.is_given(CIPHER) {
        return Ok(None);
    }
    arguments
        .text(arguments.at(CIPHER), name)
        .and_then(|_| str::from_utf8(name).ok())
        .map(Some)
        .ok_or_else(|| unexpected("the name of a cipher"))
}
