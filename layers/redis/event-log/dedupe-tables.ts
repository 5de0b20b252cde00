import type { MarkTable } from "./dedupe-table.ts"

/** The table of marks of each partition as it was last seen: what its keys are named by. */
export interface MarkTables {
  readonly get: (partition: number) => MarkTable
  /** Takes what a script said of tables, at the end of its answer; gives the answer before them, and whether they stood there. */
  readonly read: (partitions: ReadonlyArray<number>, reply: string) => readonly [answer: string, stand: boolean]
}

/** Fits no store, so the first script to ask is told what stands. */
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
