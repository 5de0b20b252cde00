import type { MarkTable } from "./marks.ts"

/** The table of marks of each partition as it was last seen: what its keys are named by. */
export interface MarkTables {
  readonly get: (partition: number) => MarkTable
  /** Takes what a script said of the table, at the end of its answer; gives the answer before it, and whether one stood there. */
  readonly read: (partition: number, reply: string) => readonly [answer: string, stands: boolean]
}

/** Fits no store, so the first script to ask is told what stands. */
const unknown: MarkTable = { generation: 0, buckets: 1, remembered: 0, before: 0 }

export const markTables = (): MarkTables => {
  const tables = new Map<number, MarkTable>()
  return {
    get: (partition) => tables.get(partition) ?? unknown,
    read: (partition, reply) => {
      const [answer = "", ...numbers] = reply.split(" ")
      const [generation, buckets, remembered, before] = numbers.map(Number)
      if (generation === undefined || buckets === undefined || remembered === undefined || before === undefined) {
        return [answer, false]
      }
      tables.set(partition, { generation, buckets, remembered, before })
      return [answer, true]
    }
  }
}
