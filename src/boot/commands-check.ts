import { always, type Finding, type StoreCheck } from "./store-check.ts"
import type { ServerFacts } from "./store-look.ts"

const remedy = "give the user of the store what `comporta store acl` prints"

const problemOf = ({ commands, key }: NonNullable<ServerFacts["forbidden"]>): string | undefined => {
  const said = [
    ...(commands.length === 0 ? [] : [`may not run ${commands.join(", ")}`]),
    ...(key === undefined ? [] : [`may not read and write the key ${key}`])
  ]
  return said.length === 0 ? undefined : `its user ${said.join(", and ")}`
}

const findingOf = (name: string, server: string, facts: ServerFacts | undefined): ReadonlyArray<Finding> => {
  const problem = facts?.forbidden === undefined ? undefined : problemOf(facts.forbidden)
  return problem === undefined ? [] : [{ problem: `${name}: ${problem}`, remedy, server }]
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
