import { Console as NodeConsole } from "node:console"
import { Writable } from "node:stream"
import * as Console from "effect/Console"
import * as Layer from "effect/Layer"
import { fdSink } from "./fd-sink.ts"
import { lineBuffer } from "./line-buffer.ts"

const stream = (fd: number): Writable => {
  const buffer = lineBuffer(fdSink(fd))
  return new Writable({
    decodeStrings: false,
    write: (text: unknown, _encoding, done) => {
      buffer.add(String(text))
      buffer.flush()
      done()
    }
  })
}

/** Writes the output of commands to the file descriptors. Nothing else in the process can print there. */
export const layer: Layer.Layer<never> = Layer.sync(
  Console.Console,
  () => new NodeConsole({ stdout: stream(1), stderr: stream(2), colorMode: false })
)
