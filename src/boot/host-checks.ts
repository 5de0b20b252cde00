import type { BootCheck } from "../log/line.ts"
import { failed, ok } from "./report.ts"

/** What makes another program of this one, or lets it trust somebody else (G40). */
const meddling = [
  "NODE_OPTIONS",
  "NODE_TLS_REJECT_UNAUTHORIZED",
  "NODE_USE_ENV_PROXY",
  "NODE_PATH",
  "LD_PRELOAD",
  "LD_AUDIT"
]
/** What would let somebody else speak for a provider: no matter where only stand-ins are spoken to. */
const trusting = ["NODE_EXTRA_CA_CERTS", "NODE_USE_SYSTEM_CA"]
const preloads =
  /^(-r|--require|--import|--loader|--experimental-loader|--use-system-ca|--use-openssl-ca|--inspect|--use-env-proxy)/

/**
 * Refuses a process that was told to load or to trust something beside what the program is shipped with. `genuine`: it
 * speaks to a provider itself.
 */
export const processCheck = (
  variables: ReadonlyMap<string, string>,
  nodeArguments: ReadonlyArray<string>,
  genuine: boolean
): BootCheck => {
  const found = [
    ...(genuine ? [...meddling, ...trusting] : meddling).filter((name) => (variables.get(name) ?? "") !== ""),
    ...nodeArguments.flatMap((argument) => preloads.exec(argument)?.[0] ?? [])
  ]
  return found.length === 0
    ? ok("process")
    : failed(
        "process",
        `it was started with ${found.join(", ")}`,
        "start it without: nothing may be loaded or trusted beside it"
      )
}

/** A known secret of at least so many bytes is looked for; a shorter one would be found everywhere (G44). */
const tellingBytes = 12

const suspicious = /(SECRET|TOKEN|PASSWORD|PASSWD|API_?KEY|PRIVATE_?KEY|CREDENTIAL)/i
const harmless =
  /_FILE$|^(npm_|KUBERNETES_|GITHUB_|CI_|K_|GOOGLE_CLOUD_|AWS_(REGION|DEFAULT_REGION|ROLE_ARN|WEB_IDENTITY_TOKEN_FILE|CONTAINER_))/

/** Refuses on values, warns on names (G44). Names alone are told. */
const leakCheck = (
  name: string,
  entries: ReadonlyArray<readonly [name: string, value: string]>,
  secrets: ReadonlyArray<string>
): BootCheck => {
  const telling = secrets.filter((secret) => Buffer.byteLength(secret) >= tellingBytes)
  const leaking = entries.filter(([, value]) => telling.some((secret) => value.includes(secret)))
  if (leaking.length > 0) {
    return failed(
      name,
      `a secret stands in ${leaking.map(([leak]) => leak).join(", ")}`,
      "take it out, and change that secret: whoever reads the environment has had it"
    )
  }
  const doubtful = entries.filter(([one, value]) => value !== "" && suspicious.test(one) && !harmless.test(one))
  return doubtful.length === 0
    ? ok(name)
    : { ...ok(name), problem: `${doubtful.map(([one]) => one).join(", ")}: named like a secret, no value of ours` }
}

const line = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*=\s*(.*)$/

const entriesOf = (dotEnv: string) =>
  dotEnv.split(/\r?\n/).flatMap((text): ReadonlyArray<readonly [string, string]> => {
    const [, name, value] = line.exec(text) ?? []
    return name === undefined || value === undefined ? [] : [[name, value.replace(/^(["'])(.*)\1\s*$/, "$2")]]
  })

/** No secret in the environment, none in a `.env` of the working directory (checklist 1.2.2). */
export const leakChecks = (
  variables: ReadonlyMap<string, string>,
  dotEnv: string | undefined,
  secrets: ReadonlyArray<string>
): ReadonlyArray<BootCheck> => [
  leakCheck("leak:environment", [...variables], secrets),
  leakCheck("leak:dotenv", entriesOf(dotEnv ?? ""), secrets)
]
