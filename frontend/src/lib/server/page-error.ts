/** Ids in an address are positive integers; anything else is the same 404 as an unknown one, and never reaches the back end. */
import { error } from '@sveltejs/kit';

export function idParam(text: string): string {
	if (!/^[1-9][0-9]{0,17}$/.test(text)) {
		error(404, 'There is nothing here. It may have been deleted.', { code: 'not_found' });
	}
	return text;
}
