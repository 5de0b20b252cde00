import type { MarkTable } from "./dedupe-table.ts"

/** Remembers the last known table of dedupe marks of each partition, by which its keys are named. */
export interface MarkTables {
  readonly get: (partition: number) => MarkTable
  /**
   * Stores the tables at the end of a script's reply. Returns the answer before them, and whether the reply held a
   * table for each partition.
   */
  readonly read: (partitions: ReadonlyArray<number>, reply: string) => readonly [answer: string, stand: boolean]
}

/** Fits no store, so the first reply holds the real table. */
const unknown: MarkTable = { generation: 0, buckets: 1, remembered: 0, before: 0 }

export const markTables = (): MarkTables => {
  const tables = new Map<number, MarkTable>()
  return {
    get: (partition) => tables.get(partition) ?? unknown,
    read: (partitions, reply) => {
      const [answer = "", ...numbers] = reply.split(" ")
      if (numbers.length !== partitions.length * 4) return [answer, false]
      for (const [at, partition] of partitions.entries()) {
        const [generation = 0, buckets = 1, remembered = 0, before = 0] = numbers.slice(at * 4, at * 4 + 4).map(Number)
        tables.set(partition, { generation, buckets, remembered, before })
      }
      return [answer, true]
    }
  }
}
