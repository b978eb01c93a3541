import { css } from '@emotion/css'
import type { GrafanaTheme2 } from '@grafana/data'

export const termStyles = (theme: GrafanaTheme2) => ({
  term: css({
    display: 'flex',
    flex: '0 1 auto',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: theme.spacing(0.25),
    minWidth: 0,
    margin: 0,
    padding: theme.spacing(0.25, 0.5, 0.25, 0.25),
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    background: theme.colors.background.secondary,
  }),
  where: css({ marginRight: 0 }),
  /** Read by screen readers only. */
  hidden: css({
    position: 'absolute',
    width: 1,
    height: 1,
    margin: -1,
    overflow: 'hidden',
    clipPath: 'inset(50%)',
    whiteSpace: 'nowrap',
  }),
})
