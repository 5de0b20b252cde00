import * as Cause from "effect/Cause"
import type { FailureReport } from "../domain/failure.ts"
import { printable } from "./encode.ts"
import type { LogFields } from "./line.ts"

/** Returns the fields of a line that describe a failure. No text of the provider is among them. */
export const failureFields = (failure: FailureReport): LogFields => ({
  failureClass: failure.class,
  failureCode: failure.code,
  certainty: failure.certainty,
  ...(failure.unlisted === undefined ? {} : { unlisted: failure.unlisted }),
  ...(failure.providerStatus === undefined ? {} : { providerStatus: failure.providerStatus }),
  ...(failure.providerTraceId === undefined ? {} : { providerTraceId: failure.providerTraceId })
})

const maxFrames = 8

const frame = /^\s+at (?:.*[ (])?((?:file:\/\/|node:|\/)[^()\s]*):(\d+):\d+\)?$/

const place = (path: string, line: string): string => {
  const parts = path.replace(/^file:\/\//, "").split("/")
  return `${parts.slice(-3).join("/").replace(/^\//, "")}:${line}`
}

/**
 * Returns the position where an error was raised, as file and line, nearest first. Cuts the error's text first, since the
 * stack repeats it.
 */
const framesOf = ({ stack, message }: Error): ReadonlyArray<string> => {
  if (typeof stack !== "string") return []
  const told = message === "" ? -1 : stack.indexOf(message)
  const below = told === -1 ? stack : stack.slice(told + message.length)
  return below.split("\n").flatMap((text) => {
    const [, path, line] = frame.exec(text) ?? []
    return path === undefined || line === undefined ? [] : [printable(place(path, line))]
  })
}

const nameOf = (value: unknown): string => {
  if (typeof value !== "object" || value === null) return typeof value
  const tag: unknown = Reflect.get(value, "_tag")
  return typeof tag === "string" ? tag : value.constructor === undefined ? "object" : value.constructor.name
}

/** Returns the class or tag of a raised value and where it was raised, never its text. */
export const unforeseen = (value: unknown): Pick<LogFields, "error" | "frames"> => {
  const error = printable(nameOf(value))
  const frames = value instanceof Error ? framesOf(value).slice(0, maxFrames) : []
  return frames.length === 0 ? { error } : { error, frames }
}

/** Describes the first defect of a cause, else its first failure, else its interruption. */
export const unforeseenCause = (cause: Cause.Cause<unknown>): Pick<LogFields, "error" | "frames"> => {
  const defect = cause.reasons.find(Cause.isDieReason)
  if (defect !== undefined) return unforeseen(defect.defect)
  const failure = cause.reasons.find(Cause.isFailReason)
  if (failure !== undefined) return unforeseen(failure.error)
  return cause.reasons.length === 0 ? {} : { error: "Interrupt" }
}
