import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type { StoreRefusal } from "../../../src/boot/store-check.ts"
import type { Judged } from "../../../src/boot/store-registry.ts"
import { InfraError } from "../../../src/domain/failure.ts"
import type { RedisStore } from "../client.ts"
import type { CallPass } from "../connection/connection.ts"
import type { SeenServer } from "./poll.ts"

/** Milliseconds that a script waits for the first poll of a new connection. */
const patience = 500

const unchecked = { code: "store_unchecked" } as const

const refused = (operation: string, { code }: { readonly code: string }) =>
  new InfraError({ code, operation, certainty: "not_applied", transient: code !== "store_unstamped" })

/**
 * Holds the partitions that the last poll did not reach over a connection. `lost` is how often that connection had been
 * lost.
 */
interface LastPoll {
  readonly lost: number
  readonly missed: SeenServer["missed"]
}

const partitionIn = (key: string) => Number(/\{p(\d+)\}/.exec(key)?.[1] ?? -1)

/**
 * Lets a script that begins something out on a connection only after the watch has reached its partitions over that
 * connection, and while no check of its server or partitions fails (G45).
 */
export const makeWatchGate = ({ gate, primaries }: RedisStore["Service"]) => {
  let ofStore: StoreRefusal | undefined
  let ofServers: ReadonlyMap<string, StoreRefusal> = new Map()
  let ofPartitions: ReadonlyMap<number, StoreRefusal> = new Map()
  const lastPolls = new Map<string, LastPoll>()
  let next = Deferred.makeUnsafe<void>()

  const refusalOf = (server: string, keys: ReadonlyArray<string>): StoreRefusal | undefined => {
    const whole = ofStore ?? ofServers.get(server)
    if (whole !== undefined || ofPartitions.size === 0) return whole
    for (const key of keys) {
      const refusal = ofPartitions.get(partitionIn(key))
      if (refusal !== undefined) return refusal
    }
    return undefined
  }

  const pass: CallPass = ({ script, keys }, { name, lost }) => {
    // Any other script ends what was begun, or reads (G6).
    if (!script.begins) return undefined
    const verdict = () => {
      const refusal = refusalOf(name, keys)
      if (refusal !== undefined) return refusal
      const last = lastPolls.get(name)
      if (last?.lost !== lost()) return unchecked
      const missed = last.missed.size === 0 ? [] : keys.flatMap((key) => last.missed.get(partitionIn(key)) ?? [])
      return missed[0] === undefined ? undefined : { code: missed[0] }
    }
    const now = verdict()
    if (now === undefined) return undefined
    if (now !== unchecked) return Effect.fail(refused(script.name, now))
    const polled = Effect.suspend(() => Deferred.await(next)).pipe(
      Effect.repeat({ while: () => verdict() === unchecked }),
      Effect.timeoutOption(patience)
    )
    return Effect.flatMap(polled, () => {
      const later = verdict()
      return later === undefined ? Effect.void : Effect.fail(refused(script.name, later))
    })
  }
  gate.pass = pass

  const isNew = (server: string) => {
    const primary = primaries().find(({ name }) => name === server)
    const last = lastPolls.get(server)
    return primary === undefined || last?.lost !== primary.lost() || last.missed.size > 0
  }

  return {
    isNew,
    /** Stores the verdicts of a poll, and resumes the scripts that waited for it. */
    settle: (judged: ReadonlyArray<Judged>, seen: ReadonlyArray<SeenServer>) => {
      const servers = new Map<string, StoreRefusal>()
      const partitions = new Map<number, StoreRefusal>()
      ofStore = undefined
      for (const { check, findings } of judged) {
        const { refusal } = check
        if (refusal === undefined) continue
        for (const finding of findings) {
          if (finding.partitions !== undefined) for (const one of finding.partitions) partitions.set(one, refusal)
          else if (finding.server !== undefined) servers.set(finding.server, refusal)
          else ofStore = refusal
        }
      }
      ofServers = servers
      ofPartitions = partitions
      for (const { server, lost, answered, missed } of seen) {
        if (!answered) continue
        const last = lastPolls.get(server)
        const left = last?.lost === lost ? [...missed].filter(([one]) => last.missed.has(one)) : missed
        lastPolls.set(server, { lost, missed: new Map(left) })
      }
      const waiting = next
      next = Deferred.makeUnsafe()
      Deferred.doneUnsafe(waiting, Effect.void)
    }
  }
}
