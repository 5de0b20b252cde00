import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { layer } from "../../../layers/secrets/files.ts"
import { SecretStore } from "../../../src/secrets/secret-store.ts"
import { secretStoreContract } from "../../contracts/secret-store.ts"

const write = Effect.fnUntraced(function* (path: string, content: string | Uint8Array) {
  const files = yield* FileSystem.FileSystem
  yield* files.makeDirectory(path.slice(0, path.lastIndexOf("/")), { recursive: true })
  yield* files.writeFile(path, typeof content === "string" ? Buffer.from(content) : content)
})

const directory = Effect.flatMap(FileSystem.FileSystem, (files) => files.makeTempDirectoryScoped())

const read = (at: string, ref: string) => SecretStore.use((store) => store.read(ref)).pipe(Effect.provide(layer(at)))

/** Reads `ref` from a directory that `prepare` has filled. */
const readFrom = (ref: string, prepare: (at: string) => Effect.Effect<unknown, unknown, FileSystem.FileSystem>) =>
  Effect.gen(function* () {
    const at = yield* directory
    yield* Effect.orDie(prepare(at))
    return { at, result: yield* Effect.result(read(at, ref)) }
  }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer))

const valueOf = (ref: string, prepare: (at: string) => Effect.Effect<unknown, unknown, FileSystem.FileSystem>) =>
  Effect.map(readFrom(ref, prepare), ({ result }) =>
    result._tag === "Success" ? Redacted.value(result.success.current) : result.failure.message
  )

const refusalOf = (ref: string, prepare: (at: string) => Effect.Effect<unknown, unknown, FileSystem.FileSystem>) =>
  Effect.map(readFrom(ref, prepare), ({ at, result }) => {
    const error = result._tag === "Success" ? undefined : result.failure
    return { reason: error?.reason.replaceAll(at, "DIR"), remedy: error?.remedy.replaceAll(at, "DIR") }
  })

describe("secrets from files", () => {
  secretStoreContract((given) =>
    Layer.unwrap(
      Effect.gen(function* () {
        const at = yield* directory
        for (const [ref, { current, previous }] of Object.entries(given)) {
          yield* write(`${at}/${ref}`, `${current}\n`)
          if (previous !== undefined) yield* write(`${at}/${ref}.previous`, `${previous}\n`)
        }
        return layer(at)
      }).pipe(Effect.orDie)
    ).pipe(Layer.provide(NodeFileSystem.layer))
  )

  it.effect("a secret from a file loses one newline at its end and no more", () =>
    Effect.gen(function* () {
      for (const [content, value] of [
        ["plain", "plain"],
        ["unix\n", "unix"],
        ["dos\r\n", "dos"],
        ["two\n\n", "two\n"],
        [" spaces \n", " spaces "]
      ] as const) {
        assert.strictEqual(yield* valueOf("a/b", (at) => write(`${at}/a/b`, content)), value)
      }
    })
  )

  it.effect("a secret is read through links, as orchestrators mount them", () =>
    Effect.gen(function* () {
      const value = yield* valueOf("token", (at) =>
        Effect.gen(function* () {
          const files = yield* FileSystem.FileSystem
          yield* write(`${at}/..2026/token`, "linked\n")
          yield* files.symlink("..2026", `${at}/..data`)
          yield* files.symlink("..data/token", `${at}/token`)
        })
      )
      assert.strictEqual(value, "linked")
    })
  )

  it.effect("a secret without a readable file is refused with the path of the expected file", () =>
    Effect.gen(function* () {
      const refused = (reason: string) => ({
        reason: `the file DIR/a/b ${reason}`,
        remedy: "put the secret into DIR/a/b, readable by this process"
      })
      const files = (at: string) => write(`${at}/other`, "x")
      assert.deepStrictEqual(yield* refusalOf("a/b", files), refused("is not there"))
      assert.deepStrictEqual(yield* refusalOf("a/b", (at) => write(`${at}/a/b`, "\n")), refused("is empty"))
      assert.deepStrictEqual(yield* refusalOf("a/b", (at) => write(`${at}/a/b/c`, "x")), refused("is not a file"))
      assert.deepStrictEqual(
        yield* refusalOf("a/b", (at) => write(`${at}/a/b`, "x".repeat(65_537))),
        refused("is larger than 64 KiB")
      )
      assert.deepStrictEqual(
        yield* refusalOf("a/b", (at) => write(`${at}/a/b`, Uint8Array.of(0xff, 0xfe, 0x00))),
        refused("is not text")
      )
    })
  )

  it.effect("a secret is refused when its previous version exists but is unreadable", () =>
    Effect.gen(function* () {
      const refusal = yield* refusalOf("a", (at) =>
        write(`${at}/a`, "x").pipe(Effect.andThen(write(`${at}/a.previous`, "")))
      )
      assert.strictEqual(refusal.reason, "the file DIR/a.previous is empty")
    })
  )

  it.effect("a secret never comes from outside the directory", () =>
    Effect.gen(function* () {
      for (const ref of ["../outside", "a/../../outside", "/etc/hostname", ".hidden", "a//b", "", "a/", "a\0b"]) {
        const refusal = yield* refusalOf(`${ref}`, (at) => write(`${at}/a/b`, "x"))
        assert.strictEqual(refusal.reason, "it is not the name of a secret")
      }
    })
  )
})
