import type { StoreConfig } from "../config/config.ts"
import type { BootCheck } from "../log/line.ts"
import { failed, ok } from "./report.ts"
import type { StoreLook } from "./store-look.ts"
import type { CheckName } from "./check-registry.ts"

/** Problem of the 503 that refuses claims and admissions while a check of the store fails. */
export interface StoreRefusal {
  readonly code: "store_not_as_declared" | "store_unstamped" | "store_went_back" | "store_damaged"
}

/** One reason why a check fails. */
export interface Finding {
  readonly problem: string
  readonly remedy: string
  /** Primary that it concerns. Absent when it concerns the whole store. */
  readonly server?: string
  /** Partitions that it concerns. Absent when it concerns the whole server. */
  readonly partitions?: ReadonlyArray<number>
}

/** Check of a promise of the store. Boot and watch make the same checks; to add one, add it to the registry. */
export interface StoreCheck {
  readonly name: CheckName
  /** Returns true when `local` makes the check too. */
  readonly inLocal: (store: StoreConfig) => boolean
  /** Absent when a failure only turns readiness red, because the commands fail by themselves. */
  readonly refusal?: StoreRefusal
  readonly find: (look: StoreLook, store: StoreConfig) => ReadonlyArray<Finding>
  /** Returns the note that the report shows beside a check that passes. */
  readonly note?: (look: StoreLook, store: StoreConfig) => string | undefined
}

export const always = () => true
export const never = () => false

/** Returns the check for the report: its first finding, and the number of others. */
export const toldAs = (
  { name }: Pick<StoreCheck, "name">,
  [first, ...more]: ReadonlyArray<Finding>,
  note?: string
): BootCheck => {
  if (first === undefined) return note === undefined ? ok(name) : { ...ok(name), problem: note }
  const others = more.length === 0 ? "" : ` (and ${more.length} more)`
  return failed(name, `${first.problem}${others}`, first.remedy)
}
