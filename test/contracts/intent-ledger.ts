import { describe } from "@effect/vitest"
import { accepting } from "./intent-ledger/accept.ts"
import { claiming } from "./intent-ledger/claim.ts"
import { fingerprinting } from "./intent-ledger/fingerprints.ts"
import { beingProvable } from "./intent-ledger/provable.ts"
import { proving } from "./intent-ledger/evidence.ts"
import { forgetting } from "./intent-ledger/forget.ts"
import { listing } from "./intent-ledger/list.ts"
import { ordering } from "./intent-ledger/order.ts"
import { releasing } from "./intent-ledger/release.ts"
import { resolving } from "./intent-ledger/resolve.ts"
import { retaining } from "./intent-ledger/retention.ts"
import { settling } from "./intent-ledger/settle.ts"
import type { Subject } from "./intent-ledger/subject.ts"

/** Defines the tests that every intent ledger must pass. */
export const intentLedgerContract = <R, E>(subject: Subject<R, E>) => {
  describe("claim", () => claiming(subject))
  describe("release", () => releasing(subject))
  describe("settle", () => settling(subject))
  describe("evidence", () => proving(subject))
  describe("order", () => ordering(subject))
  describe("accept", () => accepting(subject))
  describe("provable", () => beingProvable(subject))
  describe("fingerprints", () => fingerprinting(subject))
  describe("resolve", () => resolving(subject))
  describe("retention", () => retaining(subject))
  describe("forget", () => forgetting(subject))
  describe("list", () => listing(subject))
}
