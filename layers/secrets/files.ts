import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { PlatformError } from "effect/PlatformError"
import * as Redacted from "effect/Redacted"
import { isSecretRef } from "../../src/config/values.ts"
import { type SecretRef, SecretStore, SecretUnavailable } from "../../src/secrets/secret-store.ts"

const maxBytes = 65_536

const unavailable = (ref: SecretRef, path: string, reason: string, absent = false) =>
  new SecretUnavailable({
    ref,
    ...(absent ? { absent } : {}),
    reason,
    remedy: `put the secret into ${path}, readable by this process`
  })

const asText = (ref: SecretRef, path: string, bytes: Uint8Array) =>
  Effect.try({
    try: () => new TextDecoder("utf-8", { fatal: true }).decode(bytes).replace(/\r?\n$/, ""),
    catch: () => unavailable(ref, path, `the file ${path} is not text`)
  })

const why = ({ reason }: PlatformError): string =>
  reason._tag === "NotFound"
    ? "is not there"
    : reason._tag === "PermissionDenied"
      ? "may not be read"
      : "cannot be read"

const readFile = Effect.fnUntraced(function* (files: FileSystem.FileSystem, ref: SecretRef, path: string) {
  const refuse = (reason: string, absent = false) => unavailable(ref, path, `the file ${path} ${reason}`, absent)
  const failed = Effect.mapError((error: PlatformError) => refuse(why(error), error.reason._tag === "NotFound"))
  const { type, size, mtime } = yield* files.stat(path).pipe(failed)
  if (type !== "File") return yield* refuse("is not a file")
  if (size > maxBytes) return yield* refuse("is larger than 64 KiB")
  const bytes = yield* files.readFile(path).pipe(failed)
  if (bytes.length > maxBytes) return yield* refuse("is larger than 64 KiB")
  const value = yield* asText(ref, path, bytes)
  if (value === "") return yield* refuse("is empty")
  return { value: Redacted.make(value), changed: Option.getOrUndefined(mtime) }
})

/**
 * Files: the reference `a/b` is the file `<directory>/a/b` without one trailing newline, `a/b.previous` the version
 * before. Follows links, since orchestrators mount secrets so; a reference cannot leave the directory.
 */
export const layer = (directory: string): Layer.Layer<SecretStore, never, FileSystem.FileSystem> =>
  Layer.effect(
    SecretStore,
    Effect.map(FileSystem.FileSystem, (files) =>
      SecretStore.of({
        kind: "files",
        read: Effect.fnUntraced(function* (ref) {
          const path = `${directory}/${ref}`
          if (!isSecretRef(ref)) return yield* unavailable(ref, directory, "it is not the name of a secret")
          const { value: current, changed } = yield* readFile(files, ref, path)
          const told = changed === undefined ? {} : { version: changed.toISOString(), since: changed.getTime() }
          const before = `${path}.previous`
          const present = yield* files
            .exists(before)
            .pipe(Effect.mapError((error) => unavailable(ref, before, `the file ${before} ${why(error)}`)))
          if (!present) return { current, ...told }
          return { current, previous: (yield* readFile(files, ref, before)).value, ...told }
        })
      })
    )
  )
