import type { Json, JsonObject } from "../../src/domain/json.ts"
import { listOf, objectOf } from "../meta/read-json.ts"

/** Returns the profile, which may be wrapped in a list (META 7). */
export const profileOf = (body: Json): JsonObject | undefined =>
  objectOf(listOf(objectOf(body)?.["data"])?.[0]) ?? objectOf(body)
