#pragma once
#include <curl/curl.h>

/* libcurl's setters and getters are variadic, which Swift cannot call. One function here for each type of
   argument that libcurl reads; a whole number is always a `long`, because an `int` would be read past its end. */

CURLcode kindly_curl_global_init(void);

CURLcode kindly_curl_set_long(CURL *handle, CURLoption option, long value);
CURLcode kindly_curl_set_text(CURL *handle, CURLoption option, const char *value);
CURLcode kindly_curl_set_pointer(CURL *handle, CURLoption option, void *value);
CURLcode kindly_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value);

CURLcode kindly_curl_set_read(CURL *handle, curl_read_callback callback);
CURLcode kindly_curl_set_write(CURL *handle, curl_write_callback callback);
CURLcode kindly_curl_set_opensocket(CURL *handle, curl_opensocket_callback callback);
CURLcode kindly_curl_set_header(CURL *handle, curl_write_callback callback);
CURLcode kindly_curl_set_progress(CURL *handle, curl_xferinfo_callback callback);
CURLcode kindly_curl_set_debug(CURL *handle, curl_debug_callback callback);

CURLcode kindly_curl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value);
CURLcode kindly_curl_get_long(CURL *handle, CURLINFO info, long *value);
CURLcode kindly_curl_get_socket(CURL *handle, CURLINFO info, curl_socket_t *value);
