import type { Environment, StoreConfig } from "../config/config.ts"
import type { BootCheck } from "../log/line.ts"
import { consistencyCheck, epochCheck, reachableCheck, stampsCheck, writableCheck } from "./partition-checks.ts"
import { memoryInUse, serverCheckList } from "./server-checks.ts"
import { always, type Finding, type StoreCheck, toldAs } from "./store-check.ts"
import type { ServerFacts, StoreFacts } from "./store-facts.ts"

const permissionRemedy = "give the store's user the permissions that `comporta store acl` prints"

const problemOf = ({ commands, key }: NonNullable<ServerFacts["forbidden"]>): string | undefined => {
  const said = [
    ...(commands.length === 0 ? [] : [`may not run ${commands.join(", ")}`]),
    ...(key === undefined ? [] : [`may not read and write the key ${key}`])
  ]
  return said.length === 0 ? undefined : `its user ${said.join(", and ")}`
}

const findingOf = (name: string, server: string, facts: ServerFacts | undefined): ReadonlyArray<Finding> => {
  const problem = facts?.forbidden === undefined ? undefined : problemOf(facts.forbidden)
  return problem === undefined ? [] : [{ problem: `${name}: ${problem}`, remedy: permissionRemedy, server }]
}

/** Checks that every primary and replica permits the commands that scripts and clients use, on every key of the gateway. */
export const commandsCheck: StoreCheck = {
  name: "store.commands",
  inLocal: always,
  refusal: { code: "store_not_as_declared" },
  find: ({ servers, replicas }) => [
    ...servers.flatMap((facts) => findingOf(facts.name, facts.name, facts)),
    ...replicas.flatMap(({ name, of, facts }) => findingOf(`${name}, replica of ${of}`, of, facts))
  ]
}

/** Checks of servers and partitions that the boot shares with the watch. For the rest, the boot has deeper ones of its own. */
export const bootChecks: ReadonlyArray<StoreCheck> = [commandsCheck, ...serverCheckList, epochCheck, consistencyCheck]

/**
 * Every check of the store that the watch makes, in the order of the report. A new check needs a name, a row in
 * `docs/reference/errors.md` and a `find` over the facts of the store; a fact that is missing is added to `ServerFacts`.
 */
export const storeRegistry: ReadonlyArray<StoreCheck> = [
  reachableCheck,
  ...bootChecks,
  memoryInUse,
  stampsCheck,
  writableCheck
]

export const storeCheckNames = storeRegistry.map(({ name }) => name)

/** Check with its findings; none when it passes. */
export interface Judged {
  readonly check: StoreCheck
  readonly findings: ReadonlyArray<Finding>
  readonly note?: string | undefined
}

/** Makes the checks that apply to this environment. */
export const judgeStore = (
  checks: ReadonlyArray<StoreCheck>,
  facts: StoreFacts,
  store: StoreConfig,
  environment: Environment
): ReadonlyArray<Judged> =>
  checks.flatMap((check) =>
    environment === "local" && !check.inLocal(store)
      ? []
      : [{ check, findings: check.find(facts, store), note: check.note?.(facts, store) }]
  )

/** Returns the checks for the report. */
export const storeReport = (judged: ReadonlyArray<Judged>): ReadonlyArray<BootCheck> =>
  judged.map(({ check, findings, note }) => toldAs(check, findings, note))
