import * as Result from "effect/Result"
import type { Json } from "../../domain/json.ts"
import { parseJson } from "../../domain/parse-json.ts"
import { atOnce, pieceBytes, type Pieces } from "../../domain/pieces.ts"

/** Depth and numbers of values of a JSON text, found in its bytes before it is parsed. */
export interface Shape {
  readonly isTooDeep: boolean
  /** Upper bound of its values: lists, objects, and the parts between commas. */
  readonly values: number
  /** Elements of its lists, down to the deepest level at which a connector finds events. */
  readonly elements: number
  /** Elements of the level with the most elements: the level of its events. */
  readonly fullest: number
}

/** Levels of nesting that received JSON may have. Real webhooks have about ten. */
export const maxDepth = 128

/** Levels down to which a list may hold events. A webhook of WhatsApp has them at level 7 (META 2). */
const eventLevels = 8

const quote = 0x22
const comma = 0x2c
const backslash = 0x5c

/** State of a scan between two pieces of a body. */
interface Scan {
  /** Position of the next byte. It is behind the end of the piece when an escaped character crosses that. */
  at: number
  depth: number
  values: number
  isInString: boolean
  isTooDeep: boolean
  readonly isList: Uint8Array
  readonly levels: Uint32Array
}

/** Scans the bytes up to `end`. */
const scan = (body: Uint8Array, state: Scan, end: number): void => {
  const { isList, levels } = state
  let { at, depth, values, isInString } = state
  for (; at < end; at++) {
    const byte = body[at]
    if (isInString) {
      if (byte === backslash) at++
      else if (byte === quote) isInString = false
    } else if (byte === quote) isInString = true
    else if (byte === comma) {
      values++
      if (depth <= eventLevels && isList[depth] === 1) levels[depth] = (levels[depth] ?? 0) + 1
    } else if (byte === 0x5b || byte === 0x7b) {
      depth++
      values++
      if (depth > maxDepth) {
        state.isTooDeep = true
        break
      }
      isList[depth] = byte === 0x5b ? 1 : 0
      if (depth <= eventLevels && byte === 0x5b) levels[depth] = (levels[depth] ?? 0) + 1
    } else if ((byte === 0x5d || byte === 0x7d) && depth > 0) depth--
  }
  state.at = at
  state.depth = depth
  state.values = values
  state.isInString = isInString
}

/**
 * Finds the shape of a body. Reads the bytes once, a bounded number in each piece, and ignores brackets and commas within
 * strings.
 */
export function* shapeInPieces(body: Uint8Array): Pieces<Shape> {
  const levels = new Uint32Array(eventLevels + 1)
  const isList = new Uint8Array(maxDepth + 1)
  const state: Scan = { at: 0, depth: 0, values: 0, isInString: false, isTooDeep: false, isList, levels }
  for (let end = pieceBytes; end < body.length && !state.isTooDeep; end += pieceBytes) {
    scan(body, state, end)
    yield
  }
  if (!state.isTooDeep) scan(body, state, body.length)
  const { isTooDeep, values } = state
  if (isTooDeep) return { isTooDeep, values, elements: 0, fullest: 0 }
  return { isTooDeep, values, elements: levels.reduce((sum, one) => sum + one, 0), fullest: Math.max(...levels) }
}

/** Returns the shape of a body, found in one turn of the event loop. */
export const shapeOf = (body: Uint8Array): Shape => atOnce(shapeInPieces(body))

/** Values that received JSON may have. Published webhooks have at least 14 bytes a value, so 3 MiB of them have fewer. */
export const maxValues = 200_000

/**
 * List elements that a webhook may have. The provider sends at most 1,000 updates at once (META 1.3). Each may take an
 * entry, a change, an item and a contact, which makes 4,000; the limit is about twice as many.
 */
export const maxElements = 8_192

const utf8 = new TextDecoder("utf-8", { fatal: true })

export type ParseProblem = "invalid_utf8" | "invalid_json" | "nested_too_deeply" | "too_many_values" | "too_many_items"

/** Bytes up to which a body cannot reach a limit and its shape is not read. */
const maxUncheckedBytes = 2_048

/** Returns the shape of a body. Returns `undefined` when the body is too short to reach a limit. */
export const shapeIn = (body: Uint8Array): Shape | undefined =>
  body.length > maxUncheckedBytes ? shapeOf(body) : undefined

const problemOf = (shape: Shape | undefined, elements: number): ParseProblem | undefined => {
  if (shape === undefined) return undefined
  if (shape.isTooDeep) return "nested_too_deeply"
  if (shape.elements > elements) return "too_many_items"
  return shape.values > maxValues ? "too_many_values" : undefined
}

/** Parses a body whose shape is within the limits. For a webhook, `elements` is {@link maxElements}. */
export const parseBody = (
  body: Uint8Array,
  elements = Number.POSITIVE_INFINITY,
  shape = shapeIn(body)
): Result.Result<Json, ParseProblem> => {
  const problem = problemOf(shape, elements)
  if (problem !== undefined) return Result.fail(problem)
  return Result.flatMap(
    Result.try({ try: () => utf8.decode(body), catch: (): ParseProblem => "invalid_utf8" }),
    (text) => Result.try({ try: () => parseJson(text), catch: (): ParseProblem => "invalid_json" })
  )
}
