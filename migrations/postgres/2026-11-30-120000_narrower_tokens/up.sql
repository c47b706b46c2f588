-- Who goes on with a refresh token may ask for less. Twin of the SQLite migration of this name.

-- What the token is good for, where that is less than its grant.
ALTER TABLE access_tokens ADD COLUMN scope TEXT;
