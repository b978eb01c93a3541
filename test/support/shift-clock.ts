/** Loaded before a program (`--import`), it sets the clock that the program sees by $SHIFT_CLOCK_MS. */
const shiftMs = Number(process.env['SHIFT_CLOCK_MS'])
const now = Date.now
Date.now = () => now() + shiftMs
