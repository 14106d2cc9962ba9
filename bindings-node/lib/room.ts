/**
 * Memory for payloads. Small ones share a piece, as small Buffers do: memory of
 * its own for each costs as much as to decrypt it.
 */

/** A part of a piece of memory, from `start` on. */
export interface Room {
  readonly piece: Buffer;
  readonly start: number;
  readonly length: number;
}

export const NO_ROOM: Room = { piece: Buffer.alloc(0), start: 0, length: 0 };

/** Large enough that pieces are seldom made, and small, as one payload keeps all of it. */
const PIECE = 32 * 1024;
const SMALL = PIECE / 4;

let shared = NO_ROOM.piece;
let used = 0;

/** Room for so many bytes. The next caller gets the same, unless bytes of it are taken before. */
export function roomFor(length: number): Room {
  if (length > SMALL) {
    return { piece: Buffer.allocUnsafeSlow(length), start: 0, length };
  }
  if (length > shared.length - used) {
    shared = Buffer.allocUnsafeSlow(PIECE);
    used = 0;
  }
  return { piece: shared, start: used, length };
}

/** The first bytes of a room, for good. */
export function take({ piece, start }: Room, length: number): Buffer {
  const end = start + length;
  if (piece === shared) {
    // Aligned like small Buffers, for views of larger numbers on a payload.
    used = (end + 7) & ~7;
  }
  return piece.subarray(start, end);
}
