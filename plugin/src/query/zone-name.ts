/**
 * The IANA name of a dashboard's time zone, so that days begin where the viewer's do. Grafana mostly says `browser`, which only
 * a browser can resolve.
 *
 * @param browser the browser's own zone.
 */
export function zoneName(timezone: string | undefined, browser: () => string = browserZone): string {
  if (timezone === undefined || timezone === '' || timezone === 'browser') return browser()
  return timezone.toLowerCase() === 'utc' ? 'UTC' : timezone
}

function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'
}
