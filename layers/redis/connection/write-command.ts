import process from "node:process"
import { Command, type Redis } from "ioredis"
import type { Call } from "../scripting/script.ts"

const asText = { replyEncoding: "utf8" } as const

/** Returns the header of a bulk string of `length` bytes, ready-made for short ones. */
const heads = Array.from({ length: 256 }, (_, length) => `$${length}\r\n`)
const bulk = (text: string) => `${heads[text.length] ?? `$${text.length}\r\n`}${text}\r\n`

/** Returns the whole command as it goes over the wire. Returns `undefined` when a text is not ASCII, which is rare. */
const encodeAscii = ({ script, keys, args }: Call): string | Buffer | undefined => {
  const pieces: Array<string | Buffer> = []
  let text = `*${keys.length + args.length + 3}\r\n$7\r\nevalsha\r\n${bulk(script.sha)}${bulk(String(keys.length))}`
  for (const key of keys) text += bulk(key)
  for (const arg of args) {
    if (typeof arg === "object") {
      pieces.push(`${text}$${arg.length}\r\n`, arg)
      text = "\r\n"
    } else text += bulk(String(arg))
  }
  pieces.push(text)
  if (!pieces.every((piece) => typeof piece === "object" || Buffer.byteLength(piece) === piece.length)) return undefined
  return pieces.length === 1 ? text : joined(pieces)
}

const joined = (pieces: ReadonlyArray<string | Buffer>): Buffer => {
  const bytes = Buffer.allocUnsafe(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    at += typeof piece === "string" ? bytes.write(piece, at, "latin1") : piece.copy(bytes, at)
  }
  return bytes
}

const encodeAny = ({ script, keys, args }: Call) => new Command("evalsha", [script.sha, keys.length, ...keys, ...args])

/**
 * Runs a script by its digest without the per-command work of the client library, which measures and copies each
 * argument several times and sets a timer.
 *
 * The caller sets a deadline. The command is written once and then drops its call: the library's part of it lives in
 * the old space of the heap and would keep the call there.
 */
export class ScriptCommand extends Command {
  private call: Call | undefined

  constructor(call: Call) {
    super("evalsha", [], asText)
    this.call = call
  }

  override toWritable(socket: object): string | Buffer {
    const { call } = this
    this.call = undefined
    return call === undefined ? "" : (encodeAscii(call) ?? encodeAny(call).toWritable(socket))
  }

  override setTimeout() {}
}

/**
 * Corks the socket before a command is sent: all commands that are sent until the ready sockets of this turn have been
 * read leave in one write.
 *
 * A write by itself costs more than the rest of sending a command, and nothing waits for a reply. With `now`, which a
 * batch sets, the write leaves at the end of this turn with everything that is corked.
 */
export const corkedWrites = (redis: Redis): ((now: boolean) => void) => {
  let held: Redis["stream"] | undefined
  const write = () => {
    held?.uncork()
    held = undefined
  }
  return (now) => {
    const { stream } = redis
    if (stream === undefined) return
    if (held !== stream) {
      write()
      held = stream
      stream.cork()
      if (!now) setImmediate(write)
    }
    if (now) process.nextTick(write)
  }
}
