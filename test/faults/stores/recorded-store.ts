import { readFileSync } from "node:fs"
import { Redis } from "ioredis"

/** A request that the earlier release performed, and its answer. */
interface RecordedAnswer {
  readonly key: string
  readonly status: number
  readonly intentId: string
  readonly state: string
  readonly messageId?: string
}

/**
 * A store of one partition as the release of commit b8eb55e wrote it under format 1: a key of each type that its intents and
 * events leave, as commands. Each letter of an argument is a byte.
 */
export interface RecordedStore {
  readonly recordedAt: number
  readonly answers: ReadonlyArray<RecordedAnswer>
  /** Callback data and message id of the intent that the earlier release left in doubt. */
  readonly doubt: { readonly callbackData: string; readonly messageId: string }
  readonly commands: ReadonlyArray<readonly [string, ...ReadonlyArray<string>]>
}

export const recordedStore: RecordedStore = JSON.parse(
  readFileSync(new URL("recorded/earlier-store.json", import.meta.url), "utf8")
)

const day = 86_400_000

/** Returns the argument with each time of the recording moved by this many milliseconds. */
const moved = (argument: string, by: number) =>
  argument.replace(/(?<!\d)1\d{12}(?!\d)/g, (time) =>
    Math.abs(Number(time) - recordedStore.recordedAt) < 40 * day ? String(Number(time) + by) : time
  )

/** Moves the origin of a table of marks, whose generations are counted from it. */
const withShift = (command: ReadonlyArray<string>, by: number) =>
  command.map((argument, at) => (command[at - 1] === "shift" ? String(Number(argument) + by) : argument))

/** Writes the recorded store to the server on this port, as if it had been recorded `age` milliseconds ago. */
export const load = async (port: number, age: number) => {
  const redis = new Redis({ port, host: "127.0.0.1", lazyConnect: true })
  await redis.connect()
  const [seconds] = await redis.time()
  const by = Number(seconds) * 1_000 - age - recordedStore.recordedAt
  for (const command of recordedStore.commands) {
    const [name = "", ...args] = withShift(
      command.map((argument) => moved(argument, by)),
      by
    )
    await redis.call(name, ...args.map((argument) => Buffer.from(argument, "latin1")))
  }
  redis.disconnect()
}
