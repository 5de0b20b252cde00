import process from "node:process"
import { asksToPrint } from "../../src/boot/printing.ts"

/** Discards a write and calls its callback, as the stream would. */
const discard = (...args: ReadonlyArray<unknown>): boolean => {
  const done = args.find((arg) => typeof arg === "function")
  if (typeof done === "function") process.nextTick(done)
  return true
}

/** Returns the environment variables of the process. */
export const environment = (): ReadonlyMap<string, string> =>
  new Map(Object.entries(process.env).flatMap(([name, value = ""]) => [[name, value] as const]))

/**
 * Lets only the program's own lines out (I7), and returns the environment as it was. Removes the variables that make
 * libraries print, and closes `console`, `process.stdout`, `process.stderr` and Node's debug output, which libraries
 * print to. The program writes to the file descriptors itself. Runs before a library is loaded: some read the variables
 * then.
 */
export const quiet = (): ReadonlyMap<string, string> => {
  const before = environment()
  for (const name of before.keys()) if (asksToPrint(name)) Reflect.deleteProperty(process.env, name)
  Reflect.set(process, "_rawDebug", () => undefined)
  for (const stream of [process.stdout, process.stderr]) Reflect.set(stream, "write", discard)
  return before
}
