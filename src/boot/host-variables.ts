/** Names of variables that decide what Node, OpenSSL, ICU, libuv or the loader of libraries load or trust. */
const telling =
  /^(NODE_|LD_|DYLD_|OPENSSL_|SSL_|ICU_|UV_)|^(SSLKEYLOGFILE|GCONV_PATH|HOSTALIASES|WATCH_REPORT_DEPENDENCIES)$/

/** Names among them that load nothing, add no trust and write no file. Images and platforms set some of them. */
const harmless: ReadonlySet<string> = new Set([
  "LD_BIND_NOW",
  "NODE_APP_INSTANCE",
  "NODE_CHANNEL_FD",
  "NODE_CHANNEL_SERIALIZATION_MODE",
  "NODE_DISABLE_COLORS",
  "NODE_DISABLE_COMPILE_CACHE",
  "NODE_ENV",
  "NODE_HOME",
  "NODE_HOSTNAME",
  "NODE_IP",
  "NODE_NAME",
  "NODE_NO_WARNINGS",
  "NODE_PENDING_DEPRECATION",
  "NODE_PENDING_PIPE_INSTANCES",
  "NODE_REPL_HISTORY",
  "NODE_RUN_PACKAGE_JSON_PATH",
  "NODE_RUN_SCRIPT_NAME",
  "NODE_SKIP_PLATFORM_CHECK",
  "NODE_VERSION",
  "UV_THREADPOOL_SIZE",
  "UV_USE_IO_URING"
])

/** Variables that Kubernetes sets for each service of the namespace, such as one called `node-exporter`. */
const serviceLinks: ReadonlyArray<readonly [name: RegExp, value: RegExp]> = [
  [/_SERVICE_HOST$/, /^[0-9a-fA-F.:]+$/],
  [/_SERVICE_PORT(_[A-Z0-9_]+)?$/, /^\d+$/],
  [/_PORT(_\d+_(TCP|UDP|SCTP))?$/, /^(tcp|udp|sctp):\/\/[0-9a-fA-F.:[\]]+$/],
  [/_PORT_\d+_(TCP|UDP|SCTP)_(PROTO|PORT|ADDR)$/, /^[0-9a-z.:]+$/]
]

/** Variables that add trust for a provider's host. They matter only when a provider itself is called (G40). */
const ofProviders: ReadonlySet<string> = new Set(["NODE_EXTRA_CA_CERTS", "NODE_USE_SYSTEM_CA"])

/** Returns true when variables with this name are checked for any value. */
export const isJudgedVariable = (name: string): boolean => telling.test(name)

/** Returns true when the variable may stay. A checked variable that is in no list may not. */
export const isHarmlessVariable = (name: string, value: string): boolean =>
  value === "" ||
  !isJudgedVariable(name) ||
  harmless.has(name) ||
  serviceLinks.some(([of, is]) => of.test(name) && is.test(value))

/** Returns the variables that are not known to be harmless. `genuine` is true when a provider itself is called. */
export const refusedVariables = (variables: ReadonlyMap<string, string>, genuine: boolean): ReadonlyArray<string> =>
  [...variables].flatMap(([name, value]) =>
    isHarmlessVariable(name, value) || (!genuine && ofProviders.has(name)) ? [] : [name]
  )
