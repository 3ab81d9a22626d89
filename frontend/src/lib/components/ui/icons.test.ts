import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { iconNames } from './icons.ts';

it('every icon has its outline, and every outline its name', () => {
	const sprite = readFileSync(new URL('./icons.svg', import.meta.url), 'utf8');
	const drawn = [...sprite.matchAll(/<symbol id="(\w+)"/g)].map((match) => match[1]);
	expect(drawn).toEqual([...iconNames]);
});
