-- Signing in: the functions that look at credentials. No party and no login role reaches the credentials themselves.
SELECT 1;
