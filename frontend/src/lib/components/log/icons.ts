/** Outlines that only the log's tool bar has; drawn as those of components/ui/icons.ts. */
export const clock = 'M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0ZM12 7v5l3 2';
export const wrap = 'M4 6h16M4 12h13a3 3 0 0 1 0 6h-4m2-2-2 2 2 2M4 18h4';
export const download = 'M12 4v11M7 11l5 5 5-5M5 20h14';
export const down = 'M12 5v14M6 13l6 6 6-6';
export const up = 'M12 19V5M6 11l6-6 6 6';
