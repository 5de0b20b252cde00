import { hash } from "node:crypto"
import { isEventId } from "../../../src/domain/ids.ts"

/** Bytes of a mark: 96 bits of the key's own hash. */
export const markBytes = 12

/** Marks a bucket on average, so that hardly one ever holds the 128 up to which Redis keeps a small hash compact. */
export const fill = 46

/** Where the marks of one partition stand (G10): linear hashing, which makes one bucket more at a time. */
export interface MarkTable {
  readonly generation: number
  /** Of the present generation. */
  readonly buckets: number
  /** Marks in the present generation. */
  readonly remembered: number
  /** Buckets of the generation before; none where it is gone. */
  readonly before: number
}

/** Where in an event id the hex digits of its mark begin. */
const markAt = 12

/** Marks that follow each other without a break, and the address of each. */
export interface MarkBytes {
  readonly bytes: Buffer
  readonly addresses: ReadonlyArray<number>
}

/** An event id is a keyed hash already; anything else is hashed here. */
export const marksOf = (keys: ReadonlyArray<string>): MarkBytes => {
  const bytes = Buffer.allocUnsafe(keys.length * markBytes)
  const addresses = keys.map((key, index) => {
    const at = index * markBytes
    if (isEventId(key)) bytes.write(key.slice(markAt), at, "hex")
    else hash("sha256", key, "buffer").copy(bytes, at, 0, markBytes)
    return markAddress(bytes, at)
  })
  return { bytes, addresses }
}

export const markOf = (key: string): Buffer => marksOf([key]).bytes

/** Of the mark that begins `at` some byte. */
export const markAddress = (marks: Buffer, at = 0): number => marks.readUInt32BE(at + 8)

export const bucketOf = (address: number, buckets: number): number => {
  const whole = 2 ** (32 - Math.clz32(buckets - 1))
  const bucket = address % whole
  return bucket < buckets ? bucket : address % (whole / 2)
}

/** The bucket that is shared out with a new one, which has the number `buckets`. */
export const sourceOf = (buckets: number): number => buckets - 2 ** (31 - Math.clz32(buckets))

/** `addressOf`, `bucketOf` and `sourceOf`, as scripts say them. */
export const addressing = `
local function addressOf(mark)
  local a, b, c, d = string.byte(mark, 9, 12)
  return ((a * 256 + b) * 256 + c) * 256 + d
end
local function bucketOf(address, buckets)
  local whole = 1
  while whole < buckets do whole = whole * 2 end
  local bucket = address % whole
  return bucket < buckets and bucket or address % (whole / 2)
end
`

/**
 * Defines the table as it stands now: `generation`, `buckets`, `remembered`, `before`; and its times: `begin` and `width` of
 * the present generation, `beginBefore` of the one before, and of each the `unit`, the milliseconds that the value of a mark
 * counts in from that begin, so that 24 bits hold it. A new generation begins with half the buckets of the one before, and
 * only with it another width than before takes effect: so nothing is forgotten where an operator changes the retention.
 * Needs `now`, `width` as it is wanted and `stood`: {@link tableFields} and {@link timeFields} of counters as numbers.
 */
export const readTable = `
local generation, buckets, remembered, before, present, shift, widthBefore = unpack(stood)
if present == 0 then present, widthBefore = width, width end
local function turn()
  local due = math.floor((now - shift) / present)
  if due <= generation then return false end
  before = due == generation + 1 and buckets or 0
  generation, buckets, remembered, widthBefore = due, math.max(1, math.floor(before / 2)), 0, present
  return true
end
if turn() and present ~= width then
  shift, present = shift + generation * (present - width), width
  turn()
end
width = present
local unit, unitBefore = math.ceil(width / 8388607), math.ceil(widthBefore / 8388607)
local begin = generation * width + shift
local beginBefore = begin - widthBefore
`

export const tableFields = "'generation', 'buckets', 'remembered', 'before'"

/** A generation begins at its number times `width`, and `shift` later. */
export const timeFields = "'width', 'shift', 'widthBefore'"
