/** Options of Node that load no code, add no trust, weaken no parser and write no file. */
const harmless: ReadonlySet<string> = new Set([
  "--allow-addons",
  "--allow-child-process",
  "--allow-fs-read",
  "--allow-fs-write",
  "--allow-inspector",
  "--allow-openssl-store",
  "--allow-wasi",
  "--allow-worker",
  "--deprecation",
  "--disable-proto",
  "--disable-sigusr1",
  "--disable-warning",
  "--disable-wasm-trap-handler",
  "--dns-result-order",
  "--enable-network-family-autoselection",
  "--enable-source-maps",
  "--extra-info-on-fatal-exception",
  "--jitless",
  "--max-heap-size",
  "--max-old-space-size",
  "--max-old-space-size-percentage",
  "--max-semi-space-size",
  "--min-semi-space-size",
  "--network-family-autoselection",
  "--network-family-autoselection-attempt-timeout",
  "--no-addons",
  "--no-deprecation",
  "--no-extra-info-on-fatal-exception",
  "--no-global-search-paths",
  "--no-insecure-http-parser",
  "--no-inspect",
  "--no-inspect-brk",
  "--no-inspect-wait",
  "--no-network-family-autoselection",
  "--no-openssl-legacy-provider",
  "--no-openssl-shared-config",
  "--no-pending-deprecation",
  "--no-report-on-fatalerror",
  "--no-report-on-signal",
  "--no-report-uncaught-exception",
  "--no-use-env-proxy",
  "--no-use-openssl-ca",
  "--no-use-system-ca",
  "--no-warnings",
  "--no-watch",
  "--optimize-for-size",
  "--pending-deprecation",
  "--permission",
  "--secure-heap",
  "--secure-heap-min",
  "--stack-trace-limit",
  "--title",
  "--tls-max-v1.3",
  "--tls-min-v1.2",
  "--tls-min-v1.3",
  "--trace-deprecation",
  "--trace-sigint",
  "--trace-warnings",
  "--use-bundled-ca",
  "--use-largepages",
  "--v8-pool-size",
  "--warnings",
  "--zero-fill-buffers"
])

/** Options among them whose value may be the next argument. */
const valued: ReadonlySet<string> = new Set([
  "--allow-fs-read",
  "--allow-fs-write",
  "--disable-proto",
  "--disable-warning",
  "--dns-result-order",
  "--max-old-space-size-percentage",
  "--network-family-autoselection-attempt-timeout",
  "--secure-heap",
  "--secure-heap-min",
  "--title",
  "--use-largepages",
  "--v8-pool-size"
])

/** Returns the name of an option with dashes: Node accepts `--max_old_space_size=512` for `--max-old-space-size=512`. */
const nameOf = (argument: string): string => (argument.split("=", 1)[0] ?? "").replaceAll("_", "-")

const isName = /^--?[A-Za-z0-9][A-Za-z0-9.-]{0,63}$/

/** Returns true when the option, written as `--name`, may stay. An option that is not listed may not. */
export const isHarmlessOption = (name: string): boolean => harmless.has(name)

/** Returns the names of the options among Node's arguments that are not known to be harmless; never a value. */
export const refusedOptions = (nodeArguments: ReadonlyArray<string>): ReadonlyArray<string> => {
  const refused: Array<string> = []
  let takesNext = false
  for (const argument of nodeArguments) {
    const name = nameOf(argument)
    if (!argument.startsWith("-")) {
      if (!takesNext) refused.push("an argument of Node that is no option")
      takesNext = false
    } else {
      const allowed = isHarmlessOption(name)
      if (!allowed) refused.push(isName.test(name) ? name : "an option of Node")
      takesNext = !argument.includes("=") && (!allowed || valued.has(name))
    }
  }
  return [...new Set(refused)]
}
