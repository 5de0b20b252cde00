import { randomBytes } from "node:crypto"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { AuditLog, type AuditRecord, auditRetention } from "../../src/audit/audit-log.ts"
import { LastProofs, proofAge } from "../../src/boot/last-proofs.ts"
import { defaultPartitions, Deployment, identityVersion } from "../../src/deployment/deployment.ts"
import {
  EvidenceStore,
  evidenceRank,
  type EvidenceWrite,
  mostEvidence,
  writtenWithin
} from "../../src/gate/evidence/evidence-store.ts"
import { DataKeys } from "../../src/secrets/sealer.ts"

export interface MemoryDeploymentOptions {
  readonly partitions?: number
}

/** A deployment that lives as long as its process: `local` only. */
export const memoryDeployment = (options: MemoryDeploymentOptions = {}): Layer.Layer<Deployment> =>
  Layer.sync(Deployment, () =>
    Deployment.of({
      id: randomBytes(16).toString("hex"),
      former: [],
      environment: "local",
      partitions: options.partitions ?? defaultPartitions,
      identity: identityVersion,
      localPepper: randomBytes(32).toString("base64")
    })
  )

/** Data keys in memory, lost with the process. */
export const memoryDataKeys: Layer.Layer<DataKeys> = Layer.sync(DataKeys, () => {
  const keys = new Map<string, string>()
  let sealed = false
  const all = Effect.sync(() => [...keys].map(([id, wrapped]) => ({ id, wrapped })))
  return DataKeys.of({
    all,
    first: ({ id, wrapped }) => {
      if (!sealed) keys.set(id, wrapped)
      sealed = true
      return all
    },
    rewrap: (id, from, to) =>
      Effect.sync(() => {
        if (keys.get(id) === from) keys.set(id, to)
      }),
    restore: (given) =>
      Effect.sync(() => {
        for (const { id, wrapped } of given) if (!keys.has(id)) keys.set(id, wrapped)
      })
  })
})

const orderOf = (cursor: string) => Number(cursor.split("-")[1])

/** Audit log in memory, lost with the process. */
export const memoryAuditLog: Layer.Layer<AuditLog> = Layer.sync(AuditLog, () => {
  let records: Array<AuditRecord & { readonly order: number }> = []
  let order = 0
  return AuditLog.of({
    append: (entry) =>
      Effect.map(Clock.currentTimeMillis, (at) => {
        records = records.filter((record) => record.at > at - auditRetention)
        records.push({ at, order: ++order, ...entry })
      }),
    list: ({ limit, cursor }) =>
      Effect.sync(() => {
        const older = cursor === undefined ? records : records.filter((one) => one.order < orderOf(cursor))
        const page = older.slice(-limit).toReversed()
        const last = page.at(-1)
        const entries = page.map(({ order: _order, ...record }) => record)
        return last === undefined || older.length <= page.length
          ? { entries }
          : { entries, next: `${last.at}-${last.order}` }
      })
  })
})

/** Last proofs in memory, lost with the process. */
export const memoryLastProofs: Layer.Layer<LastProofs> = Layer.sync(LastProofs, () => {
  const proofs = new Map<string, number>()
  return LastProofs.of({
    note: (credential) => Effect.map(Clock.currentTimeMillis, (now) => void proofs.set(credential, now)),
    since: (credential) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const noted = proofs.get(credential)
        return noted === undefined || now - noted >= proofAge ? undefined : now - noted
      })
  })
})

/** Recorded facts in memory, lost with the process. */
export const memoryEvidenceStore: Layer.Layer<EvidenceStore> = Layer.sync(EvidenceStore, () => {
  const records = new Map<string, EvidenceWrite>()
  const makeRoom = () => {
    if (records.size < mostEvidence) return
    const [first] = [...records.values()].toSorted((one, other) => evidenceRank(one) - evidenceRank(other))
    if (first !== undefined) records.delete(first.id)
  }
  return EvidenceStore.of({
    read: Effect.map(Clock.currentTimeMillis, (now) => ({
      now,
      records: Array.from(records.values(), ({ id, record }) => ({ id, record }))
    })),
    write: (write) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const present = records.get(write.id)?.record
        if (present === write.record) return "written"
        if (Math.abs(now - write.at) > writtenWithin) return "late"
        if (present !== write.replaces) return "changed"
        if (present === undefined) makeRoom()
        records.set(write.id, write)
        return "written"
      })
  })
})
