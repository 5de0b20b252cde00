import type { Issue } from "../domain/failure.ts"
import type { RawConnector, Definition } from "./definition.ts"

interface SecretNames {
  readonly required: ReadonlyArray<string>
  readonly optional: ReadonlyArray<string>
}

/**
 * Returns which names of `either` are still required: none where the connector has it. If any account has it, each account
 * must; else the connector.
 */
export const secretNames = (
  { connector, account, either = [] }: Definition<never, never>["secrets"],
  { secrets, accounts }: RawConnector
) => {
  const open = either.filter((name) => !(name in secrets))
  const atAccounts = open.filter((name) => Object.values(accounts).some((one) => name in one.secrets))
  return {
    connector: { required: [...connector, ...open.filter((name) => !atAccounts.includes(name))], optional: either },
    account: (given: Readonly<Record<string, string>>): SecretNames => ({
      required: [...account, ...atAccounts.filter((name) => !(name in given))],
      optional: either
    })
  }
}

export const secretIssues = (
  { required, optional }: SecretNames,
  given: Readonly<Record<string, string>>,
  path: ReadonlyArray<string>
): ReadonlyArray<Issue> => {
  const names = [...new Set([...required, ...optional])]
  return [
    ...required.flatMap((name) =>
      name in given
        ? []
        : [{ path: [...path, name], message: "expected the name of a secret, such as meta/app-secret" }]
    ),
    ...Object.keys(given).flatMap((name) =>
      names.includes(name) ? [] : [{ path: [...path, name], message: `unknown key; known here: ${names.join(", ")}` }]
    )
  ]
}
