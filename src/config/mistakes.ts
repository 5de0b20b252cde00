import * as Data from "effect/Data"
import * as SchemaIssue from "effect/SchemaIssue"
import type * as SchemaAST from "effect/SchemaAST"
import { shownName } from "../domain/shown.ts"
import type { Environment } from "./config.ts"

export type Path = ReadonlyArray<PropertyKey>

/** A rule of the whole file that a part of it breaks. */
export interface Breach {
  readonly path: Path
  readonly message: string
}

/** Position of a key in the file, counted from 1. */
export interface FilePosition {
  readonly line: number
  readonly column: number
}

/** One mistake in the file. `message` says what was expected and never what was written. */
export interface Mistake {
  /** Path of the key, as `server.port` or `api.keys[0].id`; empty for the file as a whole. */
  readonly path: string
  readonly line?: number
  readonly column?: number
  readonly message: string
}

/** All mistakes in the operator's file, in the order of the file. */
export class ConfigMistakes extends Data.TaggedError("ConfigMistakes")<{
  readonly file: string
  readonly mistakes: ReadonlyArray<Mistake>
  /** Environment that the file and the process choose. Absent when the file cannot be read that far. */
  readonly environment?: Environment
}> {
  override get message() {
    return this.mistakes.map((mistake) => sentence(this.file, mistake)).join("\n")
  }
}

/** Formats a mistake: `comporta.yaml:12:5 server.port: expected an integer between 1 and 65535`. */
export const sentence = (file: string, { path, line, column, message }: Mistake): string =>
  `${file}${line === undefined ? "" : `:${line}:${column}`} ${path === "" ? "" : `${path}: `}${message}`

/** Formats a path of the file, with each key in printable form. */
export const written = (path: Path): string =>
  path.reduce<string>(
    (text, key) =>
      typeof key === "number" ? `${text}[${key}]` : `${text}${text === "" ? "" : "."}${shownName(String(key))}`,
    ""
  )

const unexpected = (ast: SchemaAST.AST): string => {
  const known = ast._tag === "Objects" ? ast.propertySignatures.map(({ name }) => String(name)) : []
  return known.length === 0 ? "unknown key; none is known here" : `unknown key; known here: ${known.join(", ")}`
}

const wrongType = (ast: SchemaAST.AST): string | undefined => {
  const said = ast.checks?.at(-1)?.annotations?.["message"] ?? ast.annotations?.["message"]
  if (typeof said === "string") return said
  return ast._tag === "Objects" ? "expected keys and values" : undefined
}

const leafHook: SchemaIssue.LeafHook = (issue) => {
  if (issue._tag === "MissingKey") return "expected, but not there"
  if (issue._tag === "UnexpectedKey" && issue.ast.annotations?.["messageUnexpectedKey"] === undefined) {
    return unexpected(issue.ast)
  }
  const said = issue._tag === "InvalidType" ? wrongType(issue.ast) : undefined
  return said ?? SchemaIssue.defaultLeafHook(issue)
}

const format = SchemaIssue.makeFormatterStandardSchemaV1({ leafHook })

/** Returns the mistakes that a schema found, below a path of the file. Connectors' own schemas use it too. */
export const fromIssue = (
  issue: SchemaIssue.Issue,
  locate: (path: Path) => FilePosition | undefined,
  below: Path = []
): ReadonlyArray<Mistake> =>
  format(issue).issues.map(({ path, message }) => {
    const keys = (path ?? []).map((key) => (typeof key === "object" ? key.key : key))
    return mistake(locate, [...below, ...keys], message.replace(/^E/, "e"))
  })

export const mistake = (locate: (path: Path) => FilePosition | undefined, path: Path, message: string): Mistake => ({
  path: written(path),
  ...locate(path),
  message
})

/** Sorts mistakes by position; those without one come last. */
export const inOrder = (mistakes: ReadonlyArray<Mistake>): ReadonlyArray<Mistake> =>
  mistakes.toSorted(
    (a, b) => (a.line ?? Infinity) - (b.line ?? Infinity) || (a.column ?? Infinity) - (b.column ?? Infinity) || 0
  )
