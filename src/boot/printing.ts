const printing = /^(DEBUG|DEBUG_.*|NODE_DEBUG|GOOGLE_SDK_NODE_LOGGING|LOG_STREAM|LOG_TOKENS)$/i

/** Returns true for a variable that makes Node or a library print what it sends, receives or parses. */
export const asksToPrint = (name: string): boolean => printing.test(name)
