import { certificateRemedy } from "./report.ts"
import { always, type Finding, type StoreCheck } from "./store-check.ts"
import { partitionNames, type PartitionFacts, type StoreFacts, type Unseen } from "./store-facts.ts"

/** Returns one finding for all partitions of a server with the same trouble. */
const findings = (
  { partitions }: StoreFacts,
  troubleOf: (facts: PartitionFacts) => string | undefined,
  remedy: string
): ReadonlyArray<Finding & { readonly server: string }> => {
  const groups = Map.groupBy(
    partitions.flatMap((facts) => {
      const trouble = troubleOf(facts)
      return trouble === undefined ? [] : [{ facts, trouble }]
    }),
    ({ facts, trouble }) => `${facts.server}\n${trouble}`
  )
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const numbers = group.map(({ facts }) => facts.partition)
    const { facts, trouble } = first
    return [
      {
        problem: `${facts.server}, ${partitionNames(numbers)}: ${trouble}`,
        remedy,
        server: facts.server,
        partitions: numbers
      }
    ]
  })
}

const unseenAs = ({ unseen }: StoreFacts, ofPartitions: boolean): ReadonlyArray<Unseen> =>
  unseen.filter(({ partitions }) => (partitions !== undefined) === ofPartitions)

/** Checks that every server answers. */
export const reachableCheck: StoreCheck = {
  name: "store.reachable",
  inLocal: always,
  find: (facts) =>
    unseenAs(facts, false).map(({ server, error }) => ({
      problem: error.code === "store_tls" ? error.message : `${server}: ${error.code}`,
      remedy:
        error.code === "store_tls"
          ? `${certificateRemedy}; the gateway connects again by itself`
          : "check this server and the network to it; the gateway connects again by itself",
      server
    }))
}

/** Checks that every partition takes writes. */
export const writableCheck: StoreCheck = {
  name: "store.writable",
  inLocal: always,
  find: (facts) =>
    unseenAs(facts, true).map(({ server, partitions = [], error }) => ({
      problem: `${server}, ${partitionNames(partitions)}: ${error.code}`,
      remedy:
        error.code === "store_not_replicated"
          ? "its replicas did not acknowledge a write: check them, and store.replicas"
          : "it took no write: check its role, memory and disk, and the permissions of this user",
      server,
      partitions
    }))
}

/** Checks that every partition has the stamp of this deployment (G4). */
export const stampsCheck: StoreCheck = {
  name: "store.stamp",
  inLocal: always,
  refusal: { code: "store_unstamped" },
  find: (facts) =>
    findings(
      facts,
      ({ stamped }) => (stamped ? undefined : "the stamp of this deployment is missing"),
      "stop the gateways and find out what happened to the data; then restore it or run `comporta store fence`, and start again"
    )
}

/**
 * Checks that no partition went back in time (G47). A finding concerns the whole server: its other partitions went back too,
 * even where no process remembers it.
 */
export const epochCheck: StoreCheck = {
  name: "store.epoch",
  inLocal: always,
  refusal: { code: "store_went_back" },
  find: (facts) =>
    findings(
      facts,
      ({ epoch, remembered }) => (epoch < remembered ? "the store went back in time, and lost writes" : undefined),
      "stop the gateways, restore the newer data or find out what is missing, then run `comporta store fence`"
    ).map(({ problem, remedy, server }) => ({ problem, remedy, server }))
}

/** Checks that the keys of a partition do not contradict each other. */
export const consistencyCheck: StoreCheck = {
  name: "store.consistent",
  inLocal: always,
  refusal: { code: "store_damaged" },
  find: (facts) =>
    findings(
      facts,
      ({ broken }) => broken,
      "another program changed these keys: restore them, or stop the gateways and run `comporta store fence`"
    )
}
