autocmd BufNewFile,BufRead *.gpb setfiletype gpb
