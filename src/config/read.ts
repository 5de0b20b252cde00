import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type { PlatformError } from "effect/PlatformError"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { complete } from "./complete.ts"
import type { Config, Environment } from "./config.ts"
import {
  ConfigMistakes,
  type FilePosition,
  fromIssue,
  inOrder,
  type Mistake,
  mistake,
  type Path,
  written
} from "./mistakes.ts"
import { breaches, removedKeys } from "./rules.ts"
import { File } from "./schema.ts"
import { parseTree, type Tree } from "./tree.ts"
import { isPort, portExpected } from "./values.ts"

/** Variables of the process that override the file: `PORT` and `COMPORTA_ENV`. An empty one counts as unset. */
export interface Overrides {
  readonly port?: string
  readonly environment?: string
}

/** A decided value, and the mistakes that were made. With a mistake, the value is the one without the override. */
interface Decided<Value> {
  readonly value: Value
  readonly mistakes: ReadonlyArray<Mistake>
}

const strictness: ReadonlyArray<Environment> = ["local", "staging", "production"]

const environmentNamed = (name: unknown): Environment | undefined => strictness.find((known) => known === name)

/** Returns the environment. `COMPORTA_ENV` may make the file's stricter, never looser (G38). */
const environmentOf = (file: Environment, override: string | undefined): Decided<Environment> => {
  if (override === undefined || override === "") return { value: file, mistakes: [] }
  const asked = environmentNamed(override)
  if (asked !== undefined && strictness.indexOf(asked) >= strictness.indexOf(file))
    return { value: asked, mistakes: [] }
  const message =
    asked === undefined
      ? `expected ${strictness.join(", ")}`
      : `expected ${file} or stricter, as the file says; ${asked} would loosen it`
  return { value: file, mistakes: [{ path: "COMPORTA_ENV", message }] }
}

const portOverride = (override: string | undefined): Decided<number | undefined> => {
  if (override === undefined || override === "") return { value: undefined, mistakes: [] }
  const port = /^\d{1,5}$/.test(override) ? Number(override) : 0
  return isPort(port)
    ? { value: port, mistakes: [] }
    : { value: undefined, mistakes: [{ path: "PORT", message: `expected ${portExpected}` }] }
}

/** A configuration, and the positions of its parts in the file, for the mistakes that a connector's own schema finds. */
export interface Reading {
  readonly file: string
  readonly config: Config
  readonly locate: (path: Path) => FilePosition | undefined
}

const maxBytes = 1_048_576

const decode = Schema.decodeUnknownResult(File, { errors: "all", onExcessProperty: "error" })

const readText = Effect.fnUntraced(function* (path: string) {
  const files = yield* FileSystem.FileSystem
  const whole = (message: string) => new ConfigMistakes({ file: path, mistakes: [{ path: "", message }] })
  const unreadable = Effect.mapError(({ reason }: PlatformError) =>
    whole(
      reason._tag === "NotFound"
        ? "expected this file, and it is not there: --config names another"
        : "expected a file that can be read"
    )
  )
  const { size } = yield* files.stat(path).pipe(unreadable)
  if (size > maxBytes) return yield* whole("expected a file of at most 1 MiB")
  return yield* files.readFileString(path).pipe(unreadable)
})

const at = (value: unknown, path: ReadonlyArray<string>): unknown =>
  path.reduce<unknown>(
    (node, key) =>
      typeof node === "object" && node !== null && Object.hasOwn(node, key) ? Reflect.get(node, key) : undefined,
    value
  )

type Misread = Pick<ConfigMistakes, "mistakes" | "environment">

const interpret = (tree: Tree, overrides: Overrides): Result.Result<Config, Misread> => {
  const faults = tree.faults.map(({ position, message }) => ({ path: "", ...position, message }))
  if (tree.faults.some(({ fatal }) => fatal)) return Result.fail({ mistakes: faults })
  const value = tree.value ?? {}
  const file = decode(value)
  const port = portOverride(overrides.port)
  const named = environmentNamed(at(value, ["environment"]) ?? "production")
  const environment = environmentOf(named ?? "production", overrides.environment)
  const removed = removedKeys((...path) => at(value, path)).map(({ path, message }) =>
    mistake(tree.locate, path, message)
  )
  const found = (Result.isFailure(file) ? fromIssue(file.failure.issue, tree.locate) : []).map(
    (unknown) => removed.find(({ path }) => path === unknown.path) ?? unknown
  )
  const inEffect = (...path: ReadonlyArray<string>) =>
    port.value !== undefined && path.join(".") === "server.port" ? port.value : at(value, path)
  const together = (named === undefined ? [] : breaches(environment.value, inEffect))
    .filter(({ path }) => !found.some((other) => other.path === written(path)))
    .map(({ path, message }) => mistake(tree.locate, path, message))
  const mistakes = [...faults, ...found, ...together, ...environment.mistakes, ...port.mistakes]
  if (Result.isSuccess(file) && mistakes.length === 0) {
    return Result.succeed(complete(file.success, environment.value, port.value))
  }
  return Result.fail({ mistakes, ...(named === undefined ? {} : { environment: environment.value }) })
}

/** Reads the operator's file. Reports all mistakes at once, each with its position and without the written value. */
export const readConfig = Effect.fnUntraced(function* (path: string, overrides: Overrides = {}) {
  const tree = parseTree(yield* readText(path))
  const config = interpret(tree, overrides)
  if (Result.isSuccess(config)) return { file: path, config: config.success, locate: tree.locate } satisfies Reading
  return yield* new ConfigMistakes({ ...config.failure, file: path, mistakes: inOrder(config.failure.mistakes) })
})
