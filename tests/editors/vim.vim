" Compares what Vim colours with what the parser sees, and indents what is formatted. Writes what differs to a file.

set encoding=utf-8 nomore viminfo=
let s:report = []

function s:Main() abort
  let expected = json_decode(join(readfile($GPB_EXPECTED), "\n"))
  execute 'set runtimepath^=' . fnameescape($GPB_ROOT . '/editors/vim')
  filetype plugin indent on
  syntax enable
  for file in expected.files
    execute 'silent edit ' . fnameescape(file.path)
    if &filetype !=# 'gpb' || get(b:, 'current_syntax', '') !=# 'gpb'
      call add(s:report, file.path . ' is not seen as gpb')
    elseif file.valid
      call s:Colours(file)
      call s:Indent(file.path)
    endif
    bwipeout!
  endfor
endfunction

let s:keyword = '^gpb\%(Keyword\|Item\|Repeat\|Conditional\|Include\|Of\|Uses\|From\|PolicyMark\|PolicyWord\)$'
let s:accepts = {
      \ 'keyword': s:keyword,
      \ 'comment': '^gpb\%(Comment\|DocComment\|Todo\)$',
      \ 'string': '^gpb\%(String\|BlockString\|Escape\|Quote\)$',
      \ 'number': '^gpbNumber$',
      \ 'name': '^gpb',
      \ 'operator': '^gpb',
      \ }

function s:Group(row, column) abort
  return synIDattr(synID(a:row + 1, a:column + 1, 1), 'name')
endfunction

function s:Colours(file) abort
  let keywords = {}
  for [kind, row, _, _, rule, column, length] in a:file.tokens
    for at in kind ==# 'name' || kind ==# 'operator' ? [column] : uniq([column, column + length - 1])
      let group = s:Group(row, at)
      if group !~# s:accepts[kind]
        call add(s:report, printf('%s:%d:%d is %s, and not %s (%s)', a:file.path, row + 1, at + 1, group ==# '' ? 'bare' : group, kind, rule))
      endif
    endfor
    if kind ==# 'keyword'
      for at in range(column, column + length - 1)
        let keywords[row . ':' . at] = 1
      endfor
    endif
  endfor
  for row in range(line('$'))
    let text = getline(row + 1)
    let at = match(text, '\<\w')
    while at >= 0
      if s:Group(row, at) =~# s:keyword && !has_key(keywords, row . ':' . at)
        call add(s:report, printf('%s:%d:%d is no keyword', a:file.path, row + 1, at + 1))
      endif
      let at = match(text, '\<\w', at + 1)
    endwhile
  endfor
endfunction

function s:Indent(path) abort
  let before = getline(1, '$')
  silent normal! gg=G
  let after = getline(1, '$')
  for row in range(len(before))
    if before[row] !=# after[row]
      call add(s:report, printf('%s:%d is indented as `%s` and not `%s`', a:path, row + 1, after[row], before[row]))
    endif
  endfor
endfunction

try
  if has('syntax') && has('eval')
    call s:Main()
  endif
catch
  call add(s:report, v:exception . ' at ' . v:throwpoint)
endtry
call writefile(s:report, $GPB_REPORT)
qall!
