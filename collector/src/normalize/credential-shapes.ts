/**
 * Credentials that are known by their shape alone, as their issuers document them; the prefixes are those that the rule sets of gitleaks
 * and of GitHub's secret scanning name. Each alternative is a fixed text and a run of one class, so that time grows with the length only.
 */
const TOKENS = [
  String.raw`eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?`,
  String.raw`(?:gh[pousr]_|github_pat_|gl(?:pat|ptt|dt|rt|cbt|soat|ft|agent)-|GR1348941|xox[abeoprs]-|xapp-)[\w-]{10,}`,
  String.raw`A(?:KIA|SIA|BIA|CCA)[A-Z0-9]{16}(?![\w-])`,
  String.raw`(?:hvs\.|hvb\.|hvr\.)[\w-]{20,}`,
  String.raw`s\.[A-Za-z0-9]{24}(?![\w.-])`,
  String.raw`(?:npm_|pypi-|rubygems_|dckr_pat_|dckr_oat_|hf_|r8_|figd_|lin_api_|pul-|ops_|dop_v1_|doo_v1_|dor_v1_)[\w-]{20,}`,
  String.raw`(?:sk|rk|pk)_(?:live|test)_\w{10,}`,
  String.raw`(?:whsec_|shp(?:at|ca|pa|ss)_|sq0(?:atp|csp)-|pscale_(?:tkn|pw|oauth)_|gls?[ac]_|sntry[su]_|nfp_|EZ[AT]K)[\w+/=.-]{16,}`,
  String.raw`(?:sk-|xkeysib-|PMAK-|tskey-|NRAK-|ATATT3|ATCTT3|GOCSPX-|AIza|AGE-SECRET-KEY-1)[\w-]{20,}`,
  String.raw`ya29\.[\w-]{20,}`,
  String.raw`SG\.[\w-]{16,}\.[\w-]{16,}`,
  String.raw`(?:key-|dapi|SK)[0-9a-f]{32}(?![\w-])`,
]

const TOKEN = new RegExp(String.raw`(?<![\w-])(?:${TOKENS.join('|')})`, 'g')

/** Addresses that let in whoever knows them: the part after the first group. */
const ADDRESSES =
  /(hooks\.slack\.com\/(?:services|workflows|triggers)\/|\/api\/webhooks\/(?=\d)|\/webhookb2\/|\/bot(?=\d{6,12}:))[\w:@/.-]{20,}/g

/** What follows these on a command line. */
const COMMANDS = [
  /(\bmysql[^\n]{0,80}?\s-p)([^\s:-]\S{2,})/g,
  /(\bcurl\s[^\n]{0,80}?\s?(?:-u|--user)[ =][^\s:"']{1,64}:)([^\s"']{3,})/g,
  /(\bsshpass\s-p\s?)(\S{3,})/g,
  /(\blogin\s[^\n]{0,80}?\s-p\s)(\S{3,})/g,
  /(\bredis-cli\s[^\n]{0,80}?-a\s)(\S{8,})/g,
  /(\bthin:[^\s/]{1,64}\/)([^\s@]{1,128})(?=@)/g,
]
const COMMAND_WORD = /mysql|curl|sshpass|login|redis-cli|thin:/

/** Text without credentials that their shape gives away. */
export function replaceShapes(text: string, replacement: string): string {
  let result = text.includes('PRIVATE KEY') ? replaceKeys(text, replacement) : text
  result = result.replace(TOKEN, replacement)
  if (result.includes('/')) result = result.replace(ADDRESSES, `$1${replacement}`)
  if (COMMAND_WORD.test(result)) for (const command of COMMANDS) result = result.replace(command, `$1${replacement}`)
  return /@(?:tcp|unix)\(/.test(result)
    ? result.replace(/(?<=:)[^\s:@/"']{1,128}(?=@(?:tcp|unix)\()/g, replacement)
    : result
}

const KEY_BEGINS = /-----BEGIN [A-Z ]{0,20}PRIVATE KEY(?: BLOCK)?-----/g

/** A key whose end was cut off goes to the end of the text. */
function replaceKeys(text: string, replacement: string): string {
  let result = ''
  let done = 0
  for (const { index, 0: head } of text.matchAll(KEY_BEGINS)) {
    if (index < done) continue
    const end = text.indexOf('-----END', index + head.length)
    result += text.slice(done, index + head.length) + replacement
    done = end === -1 ? text.length : end
  }
  return result + text.slice(done)
}
