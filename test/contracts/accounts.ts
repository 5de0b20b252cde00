import { describe } from "@effect/vitest"
import { breaking } from "./accounts/breaking.ts"
import { holding } from "./accounts/holds.ts"
import { limiting } from "./accounts/limits.ts"
import { pausing } from "./accounts/pauses.ts"
import type { Subject } from "./accounts/subject.ts"

/** Defines the tests that every implementation of the accounts must pass. */
export const accountsContract = <R, E>(subject: Subject<R, E>) => {
  describe("limits", () => limiting(subject))
  describe("pauses", () => pausing(subject))
  describe("circuit breaker", () => breaking(subject))
  describe("recipient holds", () => holding(subject))
}
