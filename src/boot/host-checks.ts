import type { BootCheck } from "../log/line.ts"
import type { CheckName } from "./check-registry.ts"
import { secretFinder, textsIn } from "./holds-secret.ts"
import { refusedVariables } from "./host-variables.ts"
import type { VariableFile } from "./host.ts"
import { foreignLibraries } from "./libraries.ts"
import { refusedOptions } from "./node-options.ts"
import { asksToPrint } from "./printing.ts"
import { failed, ok } from "./report.ts"

/** Circumstances of the start of the process. */
interface Started {
  readonly variables: ReadonlyMap<string, string>
  readonly nodeArguments: ReadonlyArray<string>
  readonly libraries: ReadonlyArray<string>
  readonly isInspected: boolean
  readonly preloadsLibraries: boolean
}

/**
 * Fails for a process that was started with anything not known to be harmless: it may load code or trust a host that the
 * program does not include (G40). `genuine` is true when it calls a provider itself.
 */
export const processCheck = (
  { variables, nodeArguments, libraries, isInspected, preloadsLibraries }: Started,
  genuine: boolean
): BootCheck => {
  const foreign = foreignLibraries(libraries)
  const found = [
    ...refusedVariables(variables, genuine),
    ...refusedOptions(nodeArguments),
    ...foreign.map((name) => `the native library ${name}`),
    ...(isInspected ? ["an inspector that listens"] : []),
    ...(preloadsLibraries ? ["/etc/ld.so.preload"] : [])
  ]
  return found.length === 0
    ? ok("process")
    : failed(
        "process",
        "unsafe",
        `the process was started with ${found.join(", ")}`,
        "start it without these, or set the variable to an empty text: the program must not load or trust anything else" +
          (foreign.length === 0 ? "" : "; OpenSSL loads what `nodejs_conf` in /etc/ssl/openssl.cnf names")
      )
}

const suspicious = /(SECRET|TOKEN|PASSWORD|PASSWD|API_?KEY|PRIVATE_?KEY|CREDENTIAL)/i
const harmless =
  /_FILE$|^(npm_|KUBERNETES_|GITHUB_|CI_|K_|GOOGLE_CLOUD_|AWS_(REGION|DEFAULT_REGION|ROLE_ARN|WEB_IDENTITY_TOKEN_FILE|CONTAINER_))/

const removeSecret = "remove it, and rotate that secret: every reader of the environment could read it"

const warned = (name: CheckName, doubtful: ReadonlyArray<string>): BootCheck =>
  doubtful.length === 0
    ? ok(name)
    : { ...ok(name), problem: `${doubtful.join(", ")}: named like a secret, but holds no secret of the gateway` }

const isDoubtful = (name: string, value: string) => value !== "" && suspicious.test(name) && !harmless.test(name)

/** Fails for a known value, and warns of a suspicious name (G44). The problem shows only names. */
const environmentCheck = (variables: ReadonlyMap<string, string>, holds: (text: string) => boolean): BootCheck => {
  const leaking = [...variables].flatMap(([name, value]) => (holds(value) ? [name] : []))
  return leaking.length > 0
    ? failed("leak:environment", "leaked", `a secret is in ${leaking.join(", ")}`, removeSecret)
    : warned(
        "leak:environment",
        [...variables].flatMap(([name, value]) => (isDoubtful(name, value) ? [name] : []))
      )
}

const line = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*=\s*(.*)$/

const doubtfulIn = (text: string): ReadonlyArray<string> =>
  text.split(/\r?\n/).flatMap((one) => {
    const [, name = "", value = ""] = line.exec(one) ?? []
    return isDoubtful(name, value) ? [name] : []
  })

/** Searches all bytes of the files, with comments, other syntaxes and other encodings. */
const filesCheck = (found: ReadonlyArray<VariableFile>, holds: (text: string) => boolean): BootCheck => {
  const name = "leak:dotenv"
  const texts = found.map((file) => [file, file.bytes === undefined ? [] : textsIn(file.bytes)] as const)
  const leaking = texts.flatMap(([file, read]) => (read.some(holds) ? [file.name] : []))
  if (leaking.length > 0) return failed(name, "leaked", `a secret is in ${leaking.join(", ")}`, removeSecret)
  const large = found.flatMap((file) => (file.unread === "too_large" ? [file.name] : []))
  if (large.length > 0) {
    return failed(
      name,
      "unreadable",
      `${large.join(", ")}: over 1 MiB, and not searched for secrets`,
      "move it to another directory"
    )
  }
  return warned(name, [...new Set(texts.flatMap(([, [text = ""]]) => doubtfulIn(text)))])
}

/** Checks that no secret is in the environment or in a file of variables in the working directory (G44). */
export const leakChecks = (
  variables: ReadonlyMap<string, string>,
  files: ReadonlyArray<VariableFile>,
  secrets: ReadonlyArray<string>
): ReadonlyArray<BootCheck> => {
  const holds = secretFinder(secrets)
  return [environmentCheck(variables, holds), filesCheck(files, holds)]
}

/** Names the variables that the program removed because they make a library print (I7). Values are not shown. */
export const outputCheck = (variables: ReadonlyMap<string, string>): BootCheck => {
  const removed = [...variables].flatMap(([name, value]) => (value !== "" && asksToPrint(name) ? [name] : []))
  return removed.length === 0
    ? ok("leak:output")
    : { ...ok("leak:output"), problem: `${removed.join(", ")}: removed, since a library would print secrets` }
}
