import * as Result from "effect/Result"
import * as Yaml from "yaml"
import type { Path, FilePosition } from "./mistakes.ts"

/** A parsed file: its plain value and the position of each part. */
export interface Tree {
  readonly value: unknown
  /** Returns the position of the key or item at a path. Returns that of its nearest ancestor when it is absent. */
  readonly locate: (path: Path) => FilePosition | undefined
  /** Errors of the text itself. After a `fatal` one, the value cannot be checked. */
  readonly faults: ReadonlyArray<{
    readonly position: FilePosition | undefined
    readonly message: string
    readonly fatal: boolean
  }>
}

const messages: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: "this key is written twice",
  MULTIPLE_DOCS: "expected one YAML document",
  NON_STRING_KEY: "expected keys that are text",
  TAB_AS_INDENT: "expected spaces, not tabs, for indentation",
  TAG_RESOLVE_FAILED: "expected no tags",
  RESOURCE_EXHAUSTION: "expected less nesting"
}

interface Step {
  readonly key: number | undefined
  readonly node: unknown
}

const startOf = (node: unknown): number | undefined => (Yaml.isNode(node) ? node.range?.[0] : undefined)

const child = (document: Yaml.Document, parent: unknown, name: PropertyKey): Step | undefined => {
  const node = Yaml.isAlias(parent) ? parent.resolve(document) : parent
  if (Yaml.isMap(node)) {
    const pair = node.items.find(({ key }) => (Yaml.isScalar(key) ? String(key.value) : undefined) === String(name))
    return pair === undefined ? undefined : { key: startOf(pair.key), node: pair.value }
  }
  if (!Yaml.isSeq(node)) return undefined
  const item = node.items[Number(name)]
  return item === undefined ? undefined : { key: startOf(item), node: item }
}

const offsetOf = (document: Yaml.Document, path: Path): number | undefined => {
  let node: unknown = document.contents
  let offset = startOf(node)
  for (const name of path) {
    const step = child(document, node, name)
    if (step === undefined) return offset
    offset = step.key ?? offset
    node = step.node
  }
  return offset
}

/** Most aliases that are resolved; a file that needs more is rejected. */
const maxAliasCount = 100

/** Reads YAML 1.2 without merge keys or tags. Total: errors are in `faults`, and quote nothing of the text. */
export const parseTree = (text: string): Tree => {
  const lines = new Yaml.LineCounter()
  const document = Yaml.parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    logLevel: "error"
  })
  const at = (offset: number | undefined): FilePosition | undefined => {
    if (offset === undefined) return undefined
    const { line, col } = lines.linePos(offset)
    return line === 0 ? undefined : { line, column: col }
  }
  const faults = [...document.errors, ...document.warnings].map(({ code, pos }) => ({
    position: at(pos[0]),
    message: messages[code] ?? `expected YAML (${code.toLowerCase().replaceAll("_", " ")})`,
    fatal: code !== "DUPLICATE_KEY"
  }))
  Yaml.visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return
      faults.push({ position: at(startOf(alias)), message: "expected an alias of an anchor above it", fatal: true })
    }
  })
  const locate = (path: Path) => at(offsetOf(document, path))
  if (faults.some(({ fatal }) => fatal)) return { value: undefined, locate, faults }
  const value = Result.try(() => document.toJS({ maxAliasCount }))
  if (Result.isSuccess(value)) return { value: value.success, locate, faults }
  const message = `expected at most ${maxAliasCount} uses of aliases`
  return { value: undefined, locate, faults: [...faults, { position: undefined, message, fatal: true }] }
}
