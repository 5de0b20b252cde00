/**
 * The codes that the documentation of each send edge names, as `code` or `code/subcode`. A subcode never comes as a code.
 * Kept apart from the tables, so that a row under a key that cannot come is seen.
 */
const permissions = Array.from({ length: 100 }, (_, index) => String(200 + index))
const graph = [
  "0",
  "1",
  "1/1357046",
  "2",
  "3",
  "4",
  "10",
  "17",
  "32",
  "33",
  "100",
  "100/33",
  "104",
  "190",
  "368",
  "613"
]
const sources = ["803", "1200", "2022"]

/** Of every Graph channel. */
export const graphCodes: ReadonlyArray<string> = [...graph, ...sources, ...permissions]

const numbers = (text: string) => text.trim().split(/\s+/)

const messages = numbers(`506 80007 130403 130429 130472 130497 131000 131001 131002 131005 131006 131008 131009 131016
  131021 131026 131030 131031 131037 131042 131043 131044 131045 131047 131048 131049 131050 131051 131052 131053 131055
  131056 131057 131058 131059 131062 131063 131064 135000 137000`)
const groups = numbers("131020 131041 131207 131208 131215")
const templates = numbers(
  `132000 132001 132005 132007 132008 132012 132015 132016 132018 132068 132069 134100 134101 134102`
)
const registration = numbers("133000 133004 133005 133006 133008 133009 133010 133015 133016 134011")
const calls = numbers(`138000 138001 138002 138003 138005 138006 138009 138012 138013 138014 138015 138017 138018`)

export const whatsappCodes: ReadonlyArray<string> = [
  ...graphCodes,
  ...messages,
  ...groups,
  ...templates,
  ...registration,
  ...calls
]

const windows = numbers("10/2534022 10/2018278 10/2018065 10/2018108 551 551/1545041 200/1545041")
const requests = numbers(`100/2534014 100/2018001 100/2534025 10900 100/2018047 9000001 10903 10903/1893049
  10/2018300 10/2018321`)
const accounts =
  numbers(`10/1893063 100/2534029 200/2534041 200/2534066 10904 10904/1893050 613/2534040 80001 80002 80006
  2/2018344`)
/** Any subcode that has no row of its own. */
const others = ["10/*", "200/*"]

export const messagingCodes: ReadonlyArray<string> = [...graphCodes, ...windows, ...requests, ...accounts, ...others]
