import * as Result from "effect/Result"
import type { Json } from "../../domain/json.ts"
import { parseJson } from "../../domain/parse-json.ts"
import { type Shape, shapeOf } from "./json-shape.ts"

export { maxDepth } from "./json-shape.ts"

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
export const maxUncheckedBytes = 2_048

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
